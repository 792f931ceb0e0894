SELECT customer_id,
       CASE WHEN segment IS NULL THEN 'unknown' WHEN segment = 'ent' THEN 'enterprise' ELSE segment END AS segment,
       signup_date >= DATE '2023-01-01' AS is_new
FROM sales.customers
WHERE is_test = FALSE
