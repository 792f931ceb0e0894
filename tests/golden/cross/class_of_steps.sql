SELECT p.category, SUM(i.quantity * i.unit_price) AS revenue
FROM sales.order_items i LEFT JOIN sales.products p ON p.product_id = i.product_id
GROUP BY p.category
