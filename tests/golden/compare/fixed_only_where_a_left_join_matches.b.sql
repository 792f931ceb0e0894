select c.country, o.order_id + o.order_id as twice from customers c left join orders o on o.customer_id = c.customer_id and o.order_id = 3
