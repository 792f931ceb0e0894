-- dialect: duckdb
select * from (select status, channel, order_id from orders) pivot (max(order_id) for channel in ('web' as web, 'shop' as shop))
