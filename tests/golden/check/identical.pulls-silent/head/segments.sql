CREATE TABLE gold.segment_regions AS
SELECT o.region, c.segment, sum(o.amount) AS amount FROM silver.customers c LEFT JOIN silver.orders o ON o.customer_id = c.customer_id GROUP BY 1, 2;
