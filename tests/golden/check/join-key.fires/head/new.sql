CREATE TABLE gold.region_stock AS
SELECT t.region, t.wanted, s.units
FROM silver.targets t JOIN silver.stock s ON s.product_id = t.product_id;
