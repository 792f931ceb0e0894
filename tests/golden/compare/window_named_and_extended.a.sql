SELECT order_id, SUM(amount) OVER (w ORDER BY order_id) AS s FROM orders WINDOW w AS (PARTITION BY customer_id)
