CREATE TABLE ds.people AS
SELECT count(distinct customer_id) AS people FROM silver.customers WHERE is_bot = false;
