select c.customer_id from customers c left join orders o on o.customer_id = c.customer_id
