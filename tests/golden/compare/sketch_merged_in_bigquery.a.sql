-- dialect: bigquery
SELECT status, HLL_COUNT.EXTRACT(HLL_COUNT.INIT(customer_id, 14)) AS buyers FROM orders WHERE order_date >= DATE '2026-01-01' GROUP BY status
