SELECT c.country, p.category, SUM(i.quantity) AS units
FROM sales.orders o
JOIN sales.order_items i ON i.order_id = o.order_id
JOIN sales.products p ON p.product_id = i.product_id
JOIN sales.customers c ON c.customer_id = o.customer_id
WHERE o.status = 'complete' AND c.is_test = false
GROUP BY c.country, p.category
