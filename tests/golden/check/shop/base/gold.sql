CREATE TABLE gold.customer_days AS
SELECT customer_id, event_date, count(DISTINCT order_id) AS orders, sum(amount) AS revenue, avg(amount) AS mean_amount
FROM silver.orders
WHERE status = 'paid'
GROUP BY customer_id, event_date;
CREATE OR REFRESH STREAMING TABLE silver.pings AS
SELECT ping_id, user_id, pinged_at FROM STREAM(bronze.pings);
