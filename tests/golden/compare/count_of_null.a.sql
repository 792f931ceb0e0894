select customer_id, count(cast(null as int)) as n from orders group by customer_id
