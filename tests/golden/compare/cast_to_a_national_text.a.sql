-- dialect: tsql
select order_id, cast(status as varchar(20)) as s from orders
