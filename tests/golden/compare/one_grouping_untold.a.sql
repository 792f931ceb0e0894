SELECT status, SUM(amount) AS total FROM orders GROUP BY status
