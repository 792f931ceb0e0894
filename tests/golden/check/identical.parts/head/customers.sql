MERGE INTO ds.customer_history h
USING (SELECT customer_id, count(*) AS orders, sum(amount) AS amount FROM silver.orders WHERE status = 'paid' GROUP BY customer_id) n
ON h.customer_id = n.customer_id AND h.orders = n.orders
WHEN NOT MATCHED THEN INSERT *;
