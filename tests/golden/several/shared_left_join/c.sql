SELECT o.channel, SUM(s.weight) AS weight FROM orders AS o LEFT OUTER JOIN shipments AS s ON o.order_id = s.order_id GROUP BY o.channel
