CREATE TABLE gold.region_stock AS
SELECT t.region, t.wanted, s.units
FROM silver.targets t JOIN silver.stock s ON s.product_id = t.product_id AND s.region = t.region;

CREATE TABLE gold.other_regions AS
SELECT t.region, s.region AS other_region, t.wanted, s.units
FROM silver.targets t JOIN silver.stock s ON s.product_id = t.product_id;

CREATE TABLE gold.order_lines AS
SELECT o.order_id, o.amount, l.price FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id;
