CREATE OR REPLACE TABLE ds.total AS
SELECT count(*) AS orders, sum(amount) AS amount
FROM silver.orders
WHERE status = 'paid' AND customer_id = 7
GROUP BY customer_id
