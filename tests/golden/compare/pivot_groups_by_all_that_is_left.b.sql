SELECT channel, SUM(amount) FILTER (WHERE status = 'paid') AS paid FROM orders GROUP BY channel
