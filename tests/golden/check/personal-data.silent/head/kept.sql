CREATE TABLE gold.letters (customer_id BIGINT, email STRING MASK gold.hide) AS
SELECT customer_id, email FROM silver.customers WHERE country = 'FR';
