select customer_id from customers where (select o.order_id from orders o where o.status = 'open' limit 1) is not null
