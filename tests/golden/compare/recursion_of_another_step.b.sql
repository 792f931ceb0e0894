WITH RECURSIVE r AS (SELECT order_id AS id, 1 AS n FROM orders UNION ALL SELECT o.order_id, r.n + 1 FROM orders o JOIN r ON o.customer_id = r.n) SELECT id, n FROM r
