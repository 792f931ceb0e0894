CREATE TABLE gold.customer_totals AS
SELECT c.customer_id,
       (SELECT sum(o.amount) FROM silver.orders o WHERE o.customer_id = c.customer_id) AS revenue,
       (SELECT max(o.ordered_at) FROM silver.orders o WHERE o.customer_id = c.customer_id) AS last_order
FROM silver.customers c;

CREATE TABLE gold.customer_ratio AS
SELECT c.customer_id,
       coalesce((SELECT sum(o.amount) FROM silver.orders o WHERE o.customer_id = c.customer_id), 0)
       / (SELECT count(*) FROM silver.orders o WHERE o.customer_id = c.customer_id) AS mean_amount
FROM silver.customers c;
