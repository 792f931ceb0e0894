SELECT order_id, CASE WHEN country = 'DE' THEN 'Germany' WHEN country = 'FR' THEN 'France' END AS n FROM sales.orders
