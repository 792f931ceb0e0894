-- options: --steps
SELECT c.region, sum(i.quantity) AS sold
FROM shop.items i, shop.orders o, shop.customers c
WHERE i.order_id = o.id AND o.customer_id = c.id AND c.region = 'north' AND o.order_date = DATE '2026-01-31'
GROUP BY c.region
