select distinct customer_id, cast(null as int) as n from orders
