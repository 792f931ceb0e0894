-- dialect: trino
SELECT status, cardinality(approx_set(customer_id)) AS buyers FROM orders GROUP BY status
