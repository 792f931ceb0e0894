CREATE TABLE gold.orders_of_product AS
SELECT DISTINCT o.order_id, o.amount
FROM silver.orders o JOIN silver.order_lines l ON l.order_id = o.order_id
WHERE l.price > 100;
