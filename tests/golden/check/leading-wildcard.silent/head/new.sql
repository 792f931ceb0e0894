CREATE TABLE gold.coupon_orders AS
SELECT order_id FROM silver.orders WHERE coupon LIKE 'SUMMER%';

CREATE TABLE gold.coupon_days AS
SELECT order_id FROM silver.orders WHERE coupon LIKE '%SUMMER%' AND event_date >= DATE '2026-08-01';

CREATE TABLE gold.lands AS
SELECT customer_id FROM silver.customers WHERE country LIKE '%land';
