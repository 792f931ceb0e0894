SELECT CAST(order_id AS STRING) AS order_key, CAST(amount AS DOUBLE) AS amount, year(order_date) AS y, month(order_date) AS m
FROM sales.orders WHERE order_date >= '2023-01-01' AND (channel = 'web' OR channel IS NULL)
