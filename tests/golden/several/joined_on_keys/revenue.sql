SELECT order_date, status, SUM(amount) AS revenue FROM orders GROUP BY order_date, status
