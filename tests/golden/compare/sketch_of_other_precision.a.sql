-- dialect: bigquery
SELECT status, HLL_COUNT.EXTRACT(HLL_COUNT.INIT(customer_id, 15)) AS buyers FROM orders GROUP BY status
