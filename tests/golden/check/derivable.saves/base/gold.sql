CREATE TABLE gold.customer_orders AS
SELECT customer_id, count(*) AS orders, sum(amount) AS amount
FROM silver.orders
WHERE status = 'paid'
GROUP BY customer_id;
