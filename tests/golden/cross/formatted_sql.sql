SELECT o.channel, COUNT(DISTINCT o.customer_id) AS customers
FROM sales.orders o
WHERE o.order_date BETWEEN DATE '2024-01-01' AND DATE '2024-03-31'
GROUP BY o.channel
