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

-- the products are joined to the lines: it is those that repeat an order
CREATE TABLE gold.kinds_of_products AS
SELECT s.units, sum(o.amount) AS revenue
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id JOIN silver.stock s ON s.product_id = l.product_id AND s.region = o.region
GROUP BY s.units;

-- nothing is known of the keys of the budget, nor need it be
CREATE TABLE gold.spent AS
SELECT o.region, sum(o.amount) AS revenue, sum(b.planned) AS planned
FROM silver.orders o
LEFT JOIN silver.order_lines l ON l.order_id = o.order_id
LEFT JOIN lab.budget b ON b.region = o.region AND b.day = o.event_date
WHERE year(o.event_date) = 2026 AND o.customer_id NOT IN (SELECT c.customer_id FROM silver.customers c WHERE c.is_bot)
GROUP BY o.region;
