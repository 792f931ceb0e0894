SELECT customer_id AS id, 'customer' AS source FROM sales.customers
UNION ALL SELECT order_id, 'order' FROM sales.orders
UNION ALL SELECT product_id, 'product' FROM sales.products
