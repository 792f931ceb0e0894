CREATE TABLE gold.largest_orders AS
SELECT order_id, amount FROM silver.orders ORDER BY amount DESC LIMIT 100;

SELECT order_id, amount FROM silver.orders ORDER BY amount DESC;
