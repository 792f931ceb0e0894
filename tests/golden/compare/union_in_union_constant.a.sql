SELECT 'bought' AS kind FROM (SELECT order_id FROM orders UNION ALL SELECT order_id FROM shipments) AS u
UNION ALL
SELECT 'known' AS kind FROM customers
