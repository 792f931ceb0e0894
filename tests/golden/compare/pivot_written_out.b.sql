SELECT channel, SUM(CASE WHEN status = 'paid' THEN amount END) AS paid, SUM(CASE WHEN status = 'open' THEN amount END) AS open FROM orders GROUP BY channel
