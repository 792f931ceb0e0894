SELECT o.order_id FROM orders o WHERE o.channel IN (SELECT * FROM raw_channels AS r)
