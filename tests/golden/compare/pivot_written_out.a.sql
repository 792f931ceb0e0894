SELECT * FROM (SELECT channel, status, amount FROM orders) PIVOT (SUM(amount) FOR status IN ('paid' AS paid, 'open' AS open))
