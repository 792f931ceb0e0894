CREATE TABLE gold.keyed_orders AS
SELECT uuid() AS order_key, order_id, amount FROM silver.orders;
