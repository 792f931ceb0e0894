SELECT order_id, customer_id, amount - COALESCE(discount, 0) AS net
FROM sales.orders
WHERE status <> 'cancelled' AND order_date >= DATE '2024-01-01'
