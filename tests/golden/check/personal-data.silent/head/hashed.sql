CREATE OR REPLACE TABLE gold.contacts AS
SELECT c.customer_id, sha2(c.email, 256) AS contact, count(*) AS orders
FROM silver.customers c JOIN silver.orders o ON o.customer_id = c.customer_id
GROUP BY c.customer_id, sha2(c.email, 256);
