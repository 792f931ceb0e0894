CREATE OR REFRESH STREAMING TABLE orders_clean (CONSTRAINT has_id EXPECT (order_id IS NOT NULL) ON VIOLATION DROP ROW)
AS SELECT * FROM STREAM raw.orders;
CREATE OR REFRESH MATERIALIZED VIEW orders_per_customer
AS SELECT customer_id, count(*) AS orders FROM orders_clean GROUP BY customer_id;
