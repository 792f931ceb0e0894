SELECT c.country, SUM(o.amount) AS revenue FROM orders o JOIN customers c ON c.customer_id = o.customer_id
WHERE o.order_date BETWEEN DATE '2023-06-01' AND DATE '2024-05-31' GROUP BY c.country
