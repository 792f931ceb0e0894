SELECT o.order_id, COALESCE(r.refunded, 0) AS refunded
FROM sales.orders o
LEFT JOIN (SELECT order_id, SUM(refund) AS refunded FROM sales.returns GROUP BY order_id) r ON r.order_id = o.order_id
