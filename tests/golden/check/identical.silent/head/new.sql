CREATE TABLE ds.refunded AS
SELECT order_id, max(amount) AS largest FROM silver.refunds GROUP BY order_id;
CREATE OR REPLACE TABLE ds.refunds_by_order AS
SELECT order_id, sum(amount) AS amount FROM silver.refunds GROUP BY order_id;
