CREATE TABLE ds.bot_refunds AS
SELECT o.event_date, max(r.amount) AS largest, count(*) AS refunds
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id JOIN silver.refunds r ON r.order_id = o.order_id
WHERE c.is_bot
GROUP BY o.event_date;
