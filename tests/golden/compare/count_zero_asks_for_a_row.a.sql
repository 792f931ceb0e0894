select c.customer_id from customers c where (select count(*) from orders o where o.customer_id = c.customer_id and o.amount > 10) = 0
