SELECT channel, COUNT(CASE WHEN status = 'paid' THEN 1 END) AS paid FROM orders GROUP BY channel
