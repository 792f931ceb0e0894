CREATE TABLE gold.refund_rate AS
SELECT c.country, sum(r.amount) AS refunded, sum(o.amount) AS sold
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id JOIN silver.refunds r ON r.order_id = o.order_id
GROUP BY c.country;
