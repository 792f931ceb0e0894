-- dialect: databricks
select hash(cast(cast(order_id as int) as bigint)) as h from orders
