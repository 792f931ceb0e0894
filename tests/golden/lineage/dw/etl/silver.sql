CREATE TABLE silver.orders AS
SELECT id, customer_id, CAST(amount AS DECIMAL(10, 2)) AS amount, CAST(created_at AS DATE) AS day
FROM raw.orders
WHERE NOT deleted;
