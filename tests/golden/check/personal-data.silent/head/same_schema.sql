CREATE OR REPLACE TABLE silver.contacts AS
SELECT c.customer_id, lower(c.email) AS contact, count(*) AS orders
FROM silver.customers c JOIN silver.orders o ON o.customer_id = c.customer_id
GROUP BY c.customer_id, lower(c.email);
