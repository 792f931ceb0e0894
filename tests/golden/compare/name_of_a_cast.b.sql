SELECT order_id FROM orders WHERE CAST(channel AS STRING) = 'web' AND CAST(status AS STRING) = 'paid'
