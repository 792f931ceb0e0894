MERGE INTO gold.order_state t
USING (SELECT order_id, line_no, max(price) AS price FROM silver.order_lines GROUP BY order_id, line_no) s
ON t.order_id = s.order_id
WHEN MATCHED THEN UPDATE SET t.price = s.price
WHEN NOT MATCHED THEN INSERT (order_id, line_no, price) VALUES (s.order_id, s.line_no, s.price);
