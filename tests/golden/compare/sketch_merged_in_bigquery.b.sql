SELECT order_date, status, HLL_COUNT.INIT(customer_id, 14) AS buyers FROM orders GROUP BY order_date, status
