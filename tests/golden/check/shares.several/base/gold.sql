CREATE TABLE gold.refund_rate AS
SELECT c.country, sum(r.amount) AS refunded, sum(o.amount) AS sold
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id JOIN silver.refunds r ON r.order_id = o.order_id
GROUP BY c.country;

CREATE TABLE gold.refunds_by_status AS
SELECT o.status, max(r.amount) AS largest
FROM silver.refunds r JOIN silver.orders o ON r.order_id = o.order_id JOIN silver.customers c ON o.customer_id = c.customer_id
WHERE r.amount > 5
GROUP BY o.status;

CREATE TABLE gold.refunded_customers AS
SELECT c.customer_id, o.order_id, r.amount
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id JOIN silver.refunds r ON r.order_id = o.order_id
WHERE NOT c.is_bot;
