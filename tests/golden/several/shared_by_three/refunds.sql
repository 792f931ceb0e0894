SELECT order_id FROM shipments WHERE return_of IS NOT NULL
