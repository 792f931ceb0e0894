SELECT product_id, SUM(quantity) AS sold FROM sales.order_items GROUP BY product_id ORDER BY sold DESC, product_id LIMIT 10
