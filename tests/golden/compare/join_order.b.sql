select o.amount, c.country from orders o inner join customers c on c.customer_id = o.customer_id where true
