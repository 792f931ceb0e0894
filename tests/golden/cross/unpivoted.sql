SELECT order_id, 'amount' AS kind, amount AS value FROM sales.orders UNION ALL SELECT order_id, 'discount', discount FROM sales.orders
