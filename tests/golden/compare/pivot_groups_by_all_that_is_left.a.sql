SELECT * FROM (SELECT channel, customer_id, status, amount FROM orders) PIVOT (SUM(amount) FOR status IN ('paid' AS paid))
