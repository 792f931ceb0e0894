SELECT c.segment, COUNT(*) AS orders, MAX(s.weight) AS heaviest FROM orders o JOIN customers c ON c.customer_id = o.customer_id
JOIN shipments s ON s.order_id = o.order_id WHERE NOT c.is_test AND o.amount > 10 GROUP BY c.segment
