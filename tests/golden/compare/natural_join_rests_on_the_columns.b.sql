SELECT o.order_id, c.country FROM orders o JOIN customers c ON o.customer_id = c.customer_id
