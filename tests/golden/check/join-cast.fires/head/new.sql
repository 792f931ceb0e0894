CREATE TABLE gold.account_orders AS
SELECT a.account_no, o.order_id
FROM legacy.accounts a JOIN silver.orders o ON o.customer_id = a.customer_id;

CREATE TABLE gold.visit_orders AS
SELECT v.visit, o.order_id
FROM raw.visits v JOIN silver.orders o ON CAST(o.order_id AS STRING) = v.order_ref;
