SELECT status, channel, SUM(amount) AS total FROM orders GROUP BY ROLLUP (status, channel)
