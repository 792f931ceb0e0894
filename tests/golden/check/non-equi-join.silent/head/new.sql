CREATE TABLE gold.seen_orders AS
SELECT o.order_id, e.event_id
FROM silver.orders o JOIN silver.events e ON e.user_id = o.customer_id AND e.happened_at BETWEEN o.ordered_at AND o.ordered_at + INTERVAL 1 HOUR;

CREATE TABLE gold.banded AS
SELECT o.order_id, b.name
FROM silver.orders o JOIN ref.price_bands b ON o.amount BETWEEN b.low AND b.high;

CREATE TABLE gold.above_mean AS
SELECT o.order_id FROM silver.orders o JOIN (SELECT avg(amount) AS mean FROM silver.orders) m ON o.amount <> m.mean;

CREATE TABLE gold.chained AS
SELECT o.order_id, e.event_id
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id
JOIN silver.events e ON e.user_id = c.customer_id AND e.happened_at <> o.ordered_at;
