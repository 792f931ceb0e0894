SELECT order_date, channel, COUNT(*) AS orders, SUM(amount) AS turnover FROM orders WHERE status <> 'eu' OR status IS NULL GROUP BY order_date, channel
