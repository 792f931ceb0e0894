SELECT c.customer_id, c.email
FROM sales.customers c
WHERE NOT EXISTS (SELECT 1 FROM sales.orders o WHERE o.customer_id = c.customer_id)
