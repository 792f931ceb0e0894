SELECT status, SUM(amount) AS total FROM orders WHERE status <> 'void' GROUP BY status
