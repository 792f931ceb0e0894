SELECT order_id, region FROM orders WHERE amount > 1
