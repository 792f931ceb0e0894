SELECT o.order_id, c.segment FROM orders o JOIN customers c USING (customer_id) WHERE c.country = 'NL'
