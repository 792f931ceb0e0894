-- dialect: bigquery
SELECT DATE_DIFF(x, y, DAY) AS days FROM (SELECT amount AS x, discount AS y FROM orders)
