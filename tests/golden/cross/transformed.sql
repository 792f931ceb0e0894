SELECT order_id, upper(channel) AS channel, CAST(amount AS DOUBLE) AS amount
FROM sales.orders
WHERE country = 'DE' AND amount BETWEEN 10 AND 500
