SELECT * FROM shop.orders o JOIN shop.returns r ON r.order_id = o.id
