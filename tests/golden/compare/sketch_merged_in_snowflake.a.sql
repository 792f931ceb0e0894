-- dialect: snowflake
SELECT status, APPROX_COUNT_DISTINCT(customer_id) AS buyers FROM orders GROUP BY status
