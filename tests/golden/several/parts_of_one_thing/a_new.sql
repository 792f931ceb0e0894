SELECT order_date, SUM(amount) AS revenue, COUNT(*) AS orders FROM orders GROUP BY order_date
