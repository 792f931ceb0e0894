CREATE TABLE gold.keyed_orders AS
SELECT sha2(CAST(order_id AS STRING), 256) AS order_key, order_id, amount, current_timestamp() AS loaded_at FROM silver.orders;

INSERT INTO gold.order_log SELECT uuid() AS log_key, order_id FROM silver.orders;

CREATE TABLE gold.sampled AS
SELECT order_id FROM silver.orders WHERE rand() < 0.01;
