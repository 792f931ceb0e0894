-- options: --steps
SELECT c.id FROM shop.customers c
WHERE c.id < 1000 AND 3 < (SELECT count(*) FROM shop.orders o WHERE o.customer_id = c.id)
