CREATE TABLE gold.day_orders AS
SELECT d.day, o.order_id
FROM ref.days d JOIN silver.orders o ON CAST(o.ordered_at AS DATE) = d.day;

CREATE TABLE gold.customer_orders AS
SELECT c.country, o.order_id
FROM silver.customers c JOIN silver.orders o ON o.customer_id = CAST(c.customer_id AS BIGINT);
