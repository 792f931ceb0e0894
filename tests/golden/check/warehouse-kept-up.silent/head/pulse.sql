CREATE OR REPLACE TABLE gold.pulse AS SELECT country, count(*) AS n FROM silver.customers GROUP BY country
