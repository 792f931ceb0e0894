SELECT c.segment, COUNT(DISTINCT o.customer_id) AS buyers, SUM(o.amount) AS revenue
FROM sales.orders o
INNER JOIN sales.customers c ON c.customer_id = o.customer_id
WHERE NOT c.is_test AND o.status IN ('complete', 'shipped')
GROUP BY c.segment
