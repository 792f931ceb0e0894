select distinct country from customers c where c.is_test or exists (select 1 from orders o where o.customer_id = c.customer_id and o.amount > 10)
