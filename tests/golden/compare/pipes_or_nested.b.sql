SELECT channel, SUM(amount * 2) AS total FROM orders WHERE status = 'paid' GROUP BY channel HAVING COUNT(*) > 10
