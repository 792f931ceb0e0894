CREATE TABLE ds.countries AS
SELECT c.country, count(*) AS n FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id GROUP BY c.country;
