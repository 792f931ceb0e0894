SELECT o.order_id, c.segment FROM orders o JOIN customers c ON c.customer_id = o.customer_id WHERE o.status = 'open' AND NOT c.is_test
