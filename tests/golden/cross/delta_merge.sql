MERGE INTO gold.balances t
USING (SELECT customer_id, SUM(amount) AS balance FROM sales.orders WHERE status <> 'cancelled' GROUP BY customer_id) s
ON s.customer_id = t.customer_id
WHEN MATCHED THEN UPDATE SET t.balance = s.balance
WHEN NOT MATCHED THEN INSERT (customer_id, balance) VALUES (s.customer_id, s.balance)
