-- dialect: bigquery
SELECT channel, ANY_VALUE(status HAVING MAX order_date) AS s FROM orders GROUP BY channel
