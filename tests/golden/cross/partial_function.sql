SELECT o.order_id, SUM(i.quantity) AS units, o.country
FROM sales.orders o JOIN sales.order_items i ON o.order_id = i.order_id
WHERE o.status IN ('paid', 'shipped')
GROUP BY o.order_id, o.country
