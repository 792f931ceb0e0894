CREATE TABLE gold.seen_orders AS
SELECT o.order_id, e.event_id
FROM silver.orders o JOIN silver.events e ON e.happened_at BETWEEN o.ordered_at AND o.ordered_at + INTERVAL 1 HOUR;

CREATE TABLE gold.matched AS
SELECT o.order_id, c.customer_id
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id OR c.referred_by = o.customer_id;

CREATE TABLE gold.other_customers AS
SELECT c.customer_id, e.event_id
FROM silver.customers c JOIN silver.events e ON e.user_id <> c.customer_id;
