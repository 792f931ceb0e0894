SELECT customer_id, order_id, order_ts, status
FROM (
  SELECT customer_id, order_id, order_ts, status,
         ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY order_ts DESC, order_id DESC) AS rn
  FROM sales.orders
) ranked
WHERE rn = 1
