SELECT order_date, status, approx_set(customer_id) AS buyers FROM orders GROUP BY order_date, status
