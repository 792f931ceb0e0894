CREATE OR REFRESH MATERIALIZED VIEW orders_by_day AS
SELECT order_date, COUNT(*) AS orders, SUM(amount) AS revenue
FROM sales.orders
WHERE amount > 0 AND status IS NOT NULL
GROUP BY order_date
