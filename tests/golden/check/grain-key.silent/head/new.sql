
CREATE OR REPLACE VIEW silver.last_orders AS
WITH ranked AS (SELECT order_id, customer_id, amount, row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC, order_id DESC) AS rn FROM silver.orders)
SELECT order_id, customer_id, amount FROM ranked WHERE rn = 1;

MERGE INTO gold.customer_last t USING silver.last_orders s ON t.customer_id = s.customer_id
WHEN MATCHED THEN UPDATE SET t.amount = s.amount
WHEN NOT MATCHED THEN INSERT (customer_id, amount) VALUES (s.customer_id, s.amount);

CREATE OR REPLACE VIEW silver.last_orders_and_country AS
WITH ranked AS (SELECT order_id, customer_id, amount, row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC, order_id DESC) AS rn FROM silver.orders)
SELECT r.order_id, r.customer_id, c.country, r.amount FROM ranked r LEFT JOIN silver.customers c ON c.customer_id = r.customer_id WHERE r.rn = 1 AND r.amount > 3;

MERGE INTO gold.customer_country t USING silver.last_orders_and_country s ON t.customer_id = s.customer_id
WHEN MATCHED THEN UPDATE SET t.country = s.country
WHEN NOT MATCHED THEN INSERT (customer_id, country) VALUES (s.customer_id, s.country);
