SELECT order_id, status, channel FROM sales.orders WHERE amount > 10 AND channel IS NOT NULL
