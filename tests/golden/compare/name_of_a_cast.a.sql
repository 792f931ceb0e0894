SELECT order_id FROM (SELECT order_id, STRING(channel), CAST(status AS STRING) FROM orders) WHERE channel = 'web' AND status = 'paid'
