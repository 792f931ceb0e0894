SELECT channel, order_date, SUM(amount * (1 - 0.19)) AS net, MAX(order_ts) AS last_seen
FROM sales.orders
GROUP BY channel, order_date
HAVING SUM(amount) > 1000
