SELECT order_id FROM orders WHERE (amount, discount) < (10, 5)
