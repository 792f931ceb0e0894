CREATE TABLE ds.refunds_by_day AS
SELECT o.event_date, sum(r.amount) AS refunded, count(*) AS refunds
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id JOIN silver.refunds r ON r.order_id = o.order_id
GROUP BY o.event_date;
