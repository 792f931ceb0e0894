SELECT order_id FROM orders WHERE channel IN (SELECT * FROM raw_channels)
