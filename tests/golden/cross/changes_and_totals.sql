SELECT customer_id, order_id, amount,
       amount - LAG(amount) OVER (PARTITION BY customer_id ORDER BY order_ts, order_id) AS change,
       SUM(amount) OVER (PARTITION BY customer_id ORDER BY order_ts, order_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running
FROM sales.orders
