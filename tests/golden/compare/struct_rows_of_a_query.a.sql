-- dialect: bigquery
SELECT AS STRUCT order_id, amount * 1 AS amount FROM orders
