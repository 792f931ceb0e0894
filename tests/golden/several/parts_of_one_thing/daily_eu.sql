SELECT order_date, channel, SUM(amount) AS revenue, COUNT(*) AS orders FROM orders WHERE status = 'eu' GROUP BY order_date, channel
