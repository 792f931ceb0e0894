SELECT order_date, status, approx_count_distinct(customer_id) AS buyers FROM orders GROUP BY order_date, status
