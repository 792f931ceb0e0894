select c.country, o.amount from customers c join orders o on o.customer_id = c.customer_id
