MERGE INTO gold.order_state t
USING (SELECT order_id, status, event_date FROM silver.orders) s
ON t.order_id = s.order_id AND t.event_date = s.event_date
WHEN MATCHED THEN UPDATE SET t.status = s.status
WHEN NOT MATCHED THEN INSERT (order_id, status, event_date) VALUES (s.order_id, s.status, s.event_date);

MERGE INTO gold.order_log t
USING (SELECT order_id, status FROM silver.orders) s
ON FALSE
WHEN NOT MATCHED THEN INSERT (order_id, status) VALUES (s.order_id, s.status);
