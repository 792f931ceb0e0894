CREATE TABLE gold.customer_totals AS
SELECT c.customer_id, (SELECT sum(o.amount) FROM silver.orders o WHERE o.customer_id = c.customer_id) AS revenue
FROM silver.customers c;

CREATE TABLE gold.against_all AS
SELECT c.customer_id, (SELECT max(o.amount) FROM silver.orders o) AS largest, (SELECT min(o.amount) FROM silver.orders o) AS smallest
FROM silver.customers c;

CREATE TABLE gold.customer_marks AS
SELECT c.customer_id,
       (SELECT sum(o.amount) FROM silver.orders o WHERE o.customer_id = c.customer_id) AS revenue,
       (SELECT max(e.happened_at) FROM silver.events e WHERE e.user_id = c.customer_id) AS seen_at
FROM silver.customers c;

CREATE TABLE gold.buyers AS
SELECT c.customer_id FROM silver.customers c
WHERE EXISTS (SELECT 1 FROM silver.orders o WHERE o.customer_id = c.customer_id AND o.status = 'paid')
  AND NOT EXISTS (SELECT 1 FROM silver.orders o WHERE o.customer_id = c.customer_id AND o.status = 'open');
