SELECT order_date, approx_count_distinct(customer_id) AS buyers FROM orders GROUP BY order_date
