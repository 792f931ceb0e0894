-- dialect: snowflake
SELECT amount - discount AS net, order_id FROM orders WHERE net > 10
