SELECT order_date,
       COUNT(CASE WHEN status = 'returned' THEN 1 END) AS returned,
       SUM(CASE WHEN status = 'complete' THEN amount ELSE 0 END) AS complete_amount
FROM sales.orders
GROUP BY order_date
