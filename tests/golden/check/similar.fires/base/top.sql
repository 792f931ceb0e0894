CREATE TABLE gold.best_customers AS
SELECT customer_id, sum(amount) AS amount FROM silver.orders WHERE status = 'paid' GROUP BY customer_id ORDER BY amount DESC LIMIT 10;
