-- options: --steps
SELECT i.product_id FROM shop.items i
WHERE i.quantity > (SELECT avg(j.quantity) FROM shop.items j WHERE j.product_id = i.product_id)
