-- dialect: tsql
select order_id, cast(status as varchar) as s from orders
