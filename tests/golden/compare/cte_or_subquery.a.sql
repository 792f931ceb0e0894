with paid as (select * from orders where status = 'paid') select customer_id, sum(amount) as revenue from paid group by customer_id
