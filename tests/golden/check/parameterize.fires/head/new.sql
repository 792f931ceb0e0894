CREATE TABLE ds.open_orders AS
SELECT customer_id, count(*) AS orders, sum(amount) AS amount
FROM silver.orders
WHERE status = 'open'
GROUP BY customer_id;
