SELECT p.product_id, p.name FROM sales.products p
WHERE p.product_id IN (SELECT product_id FROM sales.order_items WHERE quantity > 10)
