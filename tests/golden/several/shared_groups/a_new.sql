SELECT order_date, SUM(amount) AS revenue FROM orders WHERE status = 'paid' GROUP BY order_date HAVING SUM(amount) > 100
