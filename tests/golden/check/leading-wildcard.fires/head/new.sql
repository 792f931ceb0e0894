CREATE TABLE gold.coupon_orders AS
SELECT order_id FROM silver.orders WHERE coupon LIKE '%SUMMER%';
