CREATE TABLE gold.line_stock AS
SELECT l.order_id, l.product_id, s.region, s.units
FROM silver.order_lines l JOIN silver.stock s ON s.product_id = l.product_id;
