select customer_id, sum(cast(null as int)) as n from orders group by customer_id
