SELECT c.country, SUM(o.amount) AS revenue FROM orders o JOIN customers c ON c.customer_id = o.customer_id JOIN shipments s ON s.order_id = o.order_id
WHERE NOT c.is_test GROUP BY c.country
