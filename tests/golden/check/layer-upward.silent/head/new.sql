CREATE TABLE gold.good_customers AS
SELECT customer_id FROM gold.customer_days WHERE revenue > 100;

CREATE TABLE silver.recent_orders AS
SELECT order_id FROM silver.orders WHERE event_date > DATE '2026-01-01';
