-- dialect: duckdb
select customer_id, sum(is_test) as n from customers group by customer_id
