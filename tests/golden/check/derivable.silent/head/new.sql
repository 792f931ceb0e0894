CREATE TABLE ds.by_day AS
SELECT customer_id, event_date, count(*) AS orders
FROM silver.orders
WHERE status = 'paid'
GROUP BY customer_id, event_date;
