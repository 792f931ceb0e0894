CREATE TABLE gold.refund_rate AS
SELECT o.status, sum(r.amount) AS refunded FROM silver.orders o JOIN silver.refunds r ON r.order_id = o.order_id GROUP BY o.status;
