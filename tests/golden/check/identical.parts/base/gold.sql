CREATE TABLE silver.orders (order_id BIGINT NOT NULL, customer_id BIGINT NOT NULL, status STRING, amount DECIMAL(12,2), event_date DATE);
CREATE TABLE silver.refunds (order_id BIGINT NOT NULL, amount DECIMAL(12,2));
CREATE TABLE gold.customer_orders AS
SELECT customer_id, count(*) AS orders, sum(amount) AS amount FROM silver.orders WHERE status = 'paid' GROUP BY customer_id;
MERGE INTO gold.order_refunds t
USING (SELECT order_id, sum(amount) AS amount FROM silver.refunds GROUP BY order_id) s
ON t.order_id = s.order_id
WHEN MATCHED THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;
