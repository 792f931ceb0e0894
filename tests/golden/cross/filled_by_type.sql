SELECT order_id, COALESCE(channel, 'none') AS channel, amount FROM sales.orders
