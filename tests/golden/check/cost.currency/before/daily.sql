CREATE OR REPLACE TABLE gold.order_totals AS
SELECT customer_id, sum(amount) AS total FROM silver.orders GROUP BY customer_id
