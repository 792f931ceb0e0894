SELECT order_id, first_value(status) OVER (PARTITION BY customer_id ORDER BY order_ts) AS s FROM sales.orders
