-- dialect: databricks
select avg(amount * 1.0) as a from orders
