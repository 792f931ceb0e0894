CREATE TABLE ds.by_country AS
SELECT country, count(distinct customer_id) AS active_customers
FROM silver.customers
GROUP BY country;
