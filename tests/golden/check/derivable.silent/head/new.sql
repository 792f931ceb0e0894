CREATE TABLE ds.by_day AS
SELECT customer_id, event_date, count(*) AS orders
FROM silver.orders
WHERE status = 'paid'
GROUP BY customer_id, event_date;
CREATE TABLE ds.largest_refunds AS
SELECT order_id, amount FROM silver.refunds WHERE amount = (SELECT max(amount) FROM silver.refunds);
