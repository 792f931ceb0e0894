select customer_id from customers where exists (select 1 from orders where status = 'open')
