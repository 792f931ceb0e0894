SELECT o.order_date, o.channel, COUNT(*) AS n FROM orders o JOIN shipments s ON s.order_id = o.order_id GROUP BY o.order_date, o.channel
