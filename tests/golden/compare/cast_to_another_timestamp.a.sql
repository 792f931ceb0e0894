-- dialect: snowflake
select order_id, order_date::timestamp_ntz as at from orders
