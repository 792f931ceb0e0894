-- options: --steps
SELECT o.id FROM shop.orders o
WHERE o.order_date >= '2026-07-01'
  AND EXISTS (SELECT 1 FROM shop.items i WHERE i.order_id = o.id AND i.quantity > 45)
  AND o.customer_id NOT IN (SELECT id FROM shop.customers WHERE region = 'south')
