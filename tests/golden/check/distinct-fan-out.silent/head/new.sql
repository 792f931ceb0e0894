CREATE TABLE gold.regions_of_product AS
SELECT DISTINCT o.region
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id;

CREATE TABLE gold.order_products AS
SELECT DISTINCT o.order_id, l.product_id
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id;

CREATE TABLE gold.unknown AS
SELECT DISTINCT o.order_id FROM silver.orders o JOIN raw.visits v ON v.order_id = o.order_id;
