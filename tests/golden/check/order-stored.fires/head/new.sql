CREATE TABLE gold.sorted_orders AS
SELECT order_id, amount FROM silver.orders ORDER BY amount DESC;
