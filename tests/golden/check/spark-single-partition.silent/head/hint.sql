CREATE OR REPLACE TABLE silver.per_country AS
SELECT /*+ COALESCE(1) */ country, count(*) AS users FROM silver.users GROUP BY country;
