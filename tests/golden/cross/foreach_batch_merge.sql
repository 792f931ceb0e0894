MERGE INTO silver.customers AS t
USING (SELECT customer_id, lower(email) AS email, country FROM sales.customers WHERE email IS NOT NULL) AS s
ON t.customer_id = s.customer_id
WHEN MATCHED THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *
