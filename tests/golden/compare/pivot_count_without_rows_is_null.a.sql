SELECT * FROM (SELECT channel, status FROM orders) PIVOT (COUNT(*) FOR status IN ('paid' AS paid))
