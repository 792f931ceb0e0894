select customer_id from customers c where not exists (select 1 from orders o where o.customer_id = c.customer_id and 10 < o.amount)
