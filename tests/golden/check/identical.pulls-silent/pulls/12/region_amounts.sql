CREATE TABLE gold.region_amounts AS
SELECT o.region, c.segment, sum(o.amount) AS amount FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id GROUP BY o.region, c.segment;
