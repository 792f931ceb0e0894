SELECT order_id, amount FROM sales.orders WHERE status = 'a' AND channel = 'b'
