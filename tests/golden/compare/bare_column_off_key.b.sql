select c.segment, c.country, count(o.order_id) as orders from customers c join orders o on c.customer_id = o.customer_id group by c.segment
