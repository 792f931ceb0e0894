CREATE OR REPLACE TABLE gold.places AS
SELECT customer_id, country AS home_address FROM silver.customers WHERE customer_id > 10;
