-- dialect: bigquery
select order_id, cast(status as numeric) as n from orders
