SELECT 'bought' AS kind FROM orders
UNION ALL
SELECT 'bought' AS kind FROM shipments
UNION ALL
SELECT 'known' AS kind FROM customers
