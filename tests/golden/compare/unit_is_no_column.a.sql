-- dialect: bigquery
SELECT DATE_DIFF(x, y, DAY) AS days FROM (SELECT order_date AS x, DATE '2024-01-01' AS y FROM orders)
