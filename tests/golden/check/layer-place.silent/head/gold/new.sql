CREATE TABLE gold.regions AS
SELECT region, count(*) AS orders FROM silver.orders GROUP BY region;
