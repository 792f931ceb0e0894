MERGE INTO gold.order_state t
USING (SELECT order_id, status, event_date FROM silver.orders WHERE event_date = DATE '2026-08-01') s
ON t.event_date = DATE '2026-08-01' AND s.status = 'paid'
WHEN MATCHED THEN UPDATE SET t.status = s.status
WHEN NOT MATCHED THEN INSERT (order_id, status, event_date) VALUES (s.order_id, s.status, s.event_date);
