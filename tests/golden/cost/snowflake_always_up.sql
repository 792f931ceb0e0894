-- options: --platform snowflake --warehouse XSMALL --stop 5 --schedule "*/5 * * * *"
SELECT c.region, sum(i.quantity) AS sold
FROM shop.items i, shop.orders o, shop.customers c
WHERE i.order_id = o.id AND o.customer_id = c.id
GROUP BY c.region
