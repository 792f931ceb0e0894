SELECT DISTINCT order_id, status, order_date FROM sales.orders WHERE status IS NOT NULL
