SELECT o.customer_id, MIN(o.order_date) AS first_order, MAX(o.order_date) AS last_order
FROM sales.orders o
WHERE EXISTS (SELECT 1 FROM sales.returns r WHERE r.order_id = o.order_id)
GROUP BY o.customer_id
