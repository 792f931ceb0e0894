SELECT order_date, country, SUM(amount) AS revenue, COUNT(*) AS orders
FROM sales.orders
WHERE status = 'complete'
GROUP BY order_date, country
