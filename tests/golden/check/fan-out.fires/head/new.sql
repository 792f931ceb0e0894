CREATE TABLE gold.order_value AS
SELECT o.region, sum(o.amount) AS revenue, sum(l.quantity) AS units
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id
GROUP BY o.region;

CREATE TABLE gold.order_counts AS
SELECT o.region, count(o.order_id) AS orders
FROM silver.orders o LEFT JOIN silver.order_lines l ON l.order_id = o.order_id
WHERE l.price > 10
GROUP BY o.region;

CREATE TABLE gold.credit_by_country AS
SELECT c.country, sum(c.credit) AS credit
FROM silver.customers c JOIN gold.customer_days d ON d.customer_id = c.customer_id
GROUP BY c.country;
