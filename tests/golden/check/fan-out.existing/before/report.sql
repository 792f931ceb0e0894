CREATE TABLE gold.order_value AS
SELECT o.region, sum(o.amount) AS revenue, sum(l.quantity) AS units
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id
WHERE o.status = 'paid'
GROUP BY o.region;

CREATE TABLE gold.order_sums AS
SELECT o.region, sum(o.amount) AS revenue FROM silver.orders o GROUP BY o.region;
