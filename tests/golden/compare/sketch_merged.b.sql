SELECT order_date, status, hll_sketch_agg(customer_id) AS buyers FROM orders GROUP BY order_date, status
