SELECT order_id, amount * 1 AS amount FROM orders
