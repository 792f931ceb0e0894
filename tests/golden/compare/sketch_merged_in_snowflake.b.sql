SELECT order_date, status, HLL_ACCUMULATE(customer_id) AS buyers FROM orders GROUP BY order_date, status
