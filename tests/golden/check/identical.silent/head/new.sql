CREATE TABLE ds.refunded AS
SELECT order_id, max(amount) AS largest FROM silver.refunds GROUP BY order_id;
