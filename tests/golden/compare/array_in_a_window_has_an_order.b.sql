SELECT order_id, COLLECT_LIST(amount) OVER (PARTITION BY customer_id) AS l FROM orders WHERE amount > 1
