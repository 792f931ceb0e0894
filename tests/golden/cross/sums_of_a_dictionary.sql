SELECT customer_id, SUM(IF(status = 'paid', amount, 0)) AS paid, SUM(IF(status = 'open', amount, 0)) AS open
FROM sales.orders GROUP BY customer_id
