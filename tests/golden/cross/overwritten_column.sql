SELECT 'web' AS channel, CASE WHEN amount > 100 THEN 'large' ELSE 'small' END AS status, SUM(amount) AS amount
FROM sales.orders
GROUP BY CASE WHEN amount > 100 THEN 'large' ELSE 'small' END
