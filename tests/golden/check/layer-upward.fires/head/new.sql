CREATE TABLE silver.good_customers AS
SELECT customer_id FROM gold.customer_days WHERE revenue > 100;
