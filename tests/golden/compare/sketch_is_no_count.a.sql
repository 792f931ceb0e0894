SELECT order_date, COUNT(DISTINCT customer_id) AS buyers FROM orders GROUP BY order_date
