-- dialect: mysql
select c.segment, c.country, count(*) as orders from customers c join orders o on o.customer_id = c.customer_id group by c.segment
