CREATE TABLE gold.stock_of_targets AS
SELECT t.region, sum(s.units) AS units FROM silver.targets t JOIN silver.stock s ON s.product_id = t.product_id AND s.region = t.region GROUP BY t.region;
