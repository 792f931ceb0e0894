-- dialect: databricks
select sum(cast(cast(order_id as int) as bigint)) as n from orders where cast(cast(customer_id as int) as bigint) > 3
