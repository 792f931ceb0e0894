CREATE TABLE ds.nearly AS
SELECT customer_id, count(order_id) AS orders, sum(amount) AS amount, max(amount) AS largest
FROM silver.orders
WHERE status = 'paid'
GROUP BY customer_id
ORDER BY customer_id
LIMIT 100;
