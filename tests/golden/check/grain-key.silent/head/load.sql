MERGE INTO gold.order_state t
USING (SELECT order_id, line_no, max(price) AS price FROM silver.order_lines GROUP BY order_id, line_no) s
ON t.order_id = s.order_id AND t.line_no = s.line_no
WHEN MATCHED THEN UPDATE SET t.price = s.price
WHEN NOT MATCHED THEN INSERT (order_id, line_no, price) VALUES (s.order_id, s.line_no, s.price);

MERGE INTO gold.order_status t
USING (SELECT o.order_id, o.status, c.country FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id) s
ON t.order_id = s.order_id
WHEN MATCHED THEN UPDATE SET t.status = s.status
WHEN NOT MATCHED THEN INSERT (order_id, status) VALUES (s.order_id, s.status);

MERGE INTO gold.unknown_state t
USING (SELECT order_id, seen_at FROM landing.unknown_orders) s
ON t.order_id = s.order_id
WHEN MATCHED THEN UPDATE SET t.seen_at = s.seen_at
WHEN NOT MATCHED THEN INSERT (order_id, seen_at) VALUES (s.order_id, s.seen_at);
