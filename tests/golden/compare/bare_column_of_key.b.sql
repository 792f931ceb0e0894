select c.customer_id, c.country, count(o.order_id) as orders from customers c join orders o on c.customer_id = o.customer_id group by 1, 2
