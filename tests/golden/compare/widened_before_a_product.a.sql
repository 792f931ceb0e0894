-- dialect: databricks
select cast(cast(order_id as int) as bigint) * cast(customer_id as int) as n from orders
