SELECT order_id, COALESCE(channel, 'unknown') AS channel, COALESCE(discount, 0) AS discount
FROM sales.orders
