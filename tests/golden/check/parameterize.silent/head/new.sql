CREATE TABLE gold.open_regions AS
SELECT region, count(*) AS orders FROM silver.orders WHERE status = 'open' GROUP BY region;
