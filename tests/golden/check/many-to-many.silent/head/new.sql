CREATE TABLE gold.line_stock AS
SELECT l.order_id, l.product_id, s.units
FROM silver.order_lines l JOIN silver.stock s ON s.product_id = l.product_id AND s.region = 'EU';

CREATE TABLE gold.orders_of AS
SELECT o.order_id, c.country FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id;

CREATE TABLE gold.unknown AS
SELECT l.order_id, v.page FROM silver.order_lines l JOIN raw.visits v ON v.product_id = l.product_id;

CREATE TABLE gold.all_customers AS
SELECT c.country, o.order_id FROM silver.customers c LEFT JOIN silver.orders o ON c.customer_id = o.customer_id;
