SELECT order_id, customer_id,
       SUM(amount) OVER (PARTITION BY customer_id ORDER BY order_ts, order_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS spent_so_far
FROM sales.orders
