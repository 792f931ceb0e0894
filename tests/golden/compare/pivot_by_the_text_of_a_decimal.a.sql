-- dialect: duckdb
select * from (select status, amount, order_id from orders) pivot (max(order_id) for amount in (1 as one, 2 as two))
