-- dialect: mysql
select c.customer_id, c.country, count(*) as orders from customers c join orders o on o.customer_id = c.customer_id group by c.customer_id
