SELECT order_id FROM orders WHERE amount < 10 AND discount < 5
