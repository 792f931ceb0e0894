SELECT order_date, SUM(amount) AS revenue FROM orders WHERE status = 'eu' GROUP BY order_date
