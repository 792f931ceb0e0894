SELECT country, channel, status, AVG(amount) AS avg_amount, MIN(order_date) AS first_day, MAX(order_date) AS last_day
FROM sales.orders GROUP BY country, channel, status
