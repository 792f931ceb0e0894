CREATE TABLE gold.customer_totals AS
SELECT c.customer_id, (SELECT sum(o.amount) FROM silver.orders o WHERE o.customer_id = c.customer_id) AS revenue
FROM silver.customers c;

CREATE TABLE gold.against_all AS
SELECT c.customer_id, (SELECT max(o.amount) FROM silver.orders o) AS largest, (SELECT min(o.amount) FROM silver.orders o) AS smallest
FROM silver.customers c;
