select customer_id, sum(amount) as total from orders group by customer_id having count(*) > 0
