CREATE OR REPLACE TABLE lab.big_orders AS SELECT order_id, amount FROM silver.orders WHERE amount > 1000;
