SELECT order_id, 'a' AS what, amount AS value FROM orders UNION ALL SELECT order_id, 'd', discount FROM orders
