CREATE OR REPLACE TABLE gold.big_orders COMMENT 'Orders over 1000, one row each.' AS SELECT order_id, amount FROM silver.orders WHERE amount > 1000;
