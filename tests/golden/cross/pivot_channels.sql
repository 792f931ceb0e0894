SELECT order_date,
       SUM(CASE WHEN channel = 'web' THEN amount END) AS web,
       SUM(CASE WHEN channel = 'app' THEN amount END) AS app,
       SUM(CASE WHEN channel = 'store' THEN amount END) AS store
FROM sales.orders
GROUP BY order_date
