select customer_id from customers c where exists (select 1 from orders o where o.customer_id > c.customer_id and o.status = 'open' and o.channel = 'web')
