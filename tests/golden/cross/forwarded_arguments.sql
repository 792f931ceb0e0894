SELECT o.customer_id, o.order_id, o.amount, c.country
FROM sales.orders o LEFT JOIN sales.customers c ON c.customer_id = o.customer_id
WHERE o.amount > 3 AND o.customer_id IS NOT NULL
