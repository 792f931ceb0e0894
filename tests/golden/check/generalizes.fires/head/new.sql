CREATE TABLE ds.orders_by_status AS
SELECT customer_id, status, count(*) AS orders, sum(amount) AS amount
FROM silver.orders
GROUP BY customer_id, status;
