CREATE TABLE gold.line_value AS
SELECT o.region, sum(l.price * l.quantity) AS revenue, count(*) AS lines, count(DISTINCT o.order_id) AS orders, max(o.amount) AS largest
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id
GROUP BY o.region;

CREATE TABLE gold.first_lines AS
SELECT o.region, sum(o.amount) AS revenue
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id AND l.line_no = 1
GROUP BY o.region;

CREATE TABLE gold.line_share AS
SELECT l.order_id, l.line_no, sum(o.amount) AS order_amount
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id
GROUP BY l.order_id, l.line_no;

CREATE TABLE gold.weighted AS
SELECT o.region, sum(o.amount * l.quantity) AS weighted, sum(CASE WHEN o.status = 'paid' THEN 1 ELSE 0 END) AS paid_lines
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id
GROUP BY o.region;

CREATE TABLE gold.per_order AS
SELECT o.region, sum(o.amount) AS revenue, sum(l.units) AS units
FROM silver.orders o JOIN (SELECT order_id, sum(quantity) AS units FROM silver.order_lines GROUP BY order_id) l ON l.order_id = o.order_id
GROUP BY o.region;

CREATE TABLE gold.unknown_keys AS
SELECT o.region, sum(o.amount) AS revenue
FROM silver.orders o JOIN raw.visits v ON v.order_id = o.order_id
GROUP BY o.region;

CREATE TABLE gold.lines_of AS
SELECT o.order_id, count(o.order_id) AS lines
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id
GROUP BY o.order_id;

CREATE TABLE gold.customers_left AS
SELECT c.country, sum(o.amount) AS revenue
FROM silver.customers c LEFT JOIN silver.orders o ON o.customer_id = c.customer_id
GROUP BY c.country;

-- what is not known of the budget may pick one line of each order
CREATE TABLE gold.budget_lines AS
SELECT o.region, sum(o.amount) AS revenue
FROM silver.orders o
JOIN lab.budget b ON b.order_id = o.order_id
JOIN silver.order_lines l ON l.order_id = o.order_id AND l.line_no = b.line_no
GROUP BY o.region;

CREATE TABLE gold.referrals AS
SELECT c.country, count(c.customer_id) AS referrals
FROM silver.customers c JOIN silver.customers r ON r.referred_by = c.customer_id
GROUP BY c.country;
