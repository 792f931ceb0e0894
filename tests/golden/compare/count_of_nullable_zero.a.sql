select c.customer_id from customers c where (select count(o.discount) from orders o where o.customer_id > c.customer_id) = 0
