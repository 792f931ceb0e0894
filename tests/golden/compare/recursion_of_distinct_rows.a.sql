WITH RECURSIVE r AS (SELECT customer_id AS id FROM orders UNION ALL SELECT o.order_id FROM orders o JOIN r ON o.customer_id = r.id) SELECT id FROM r
