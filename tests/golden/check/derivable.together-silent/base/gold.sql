CREATE TABLE gold.refunds_eu AS
SELECT o.event_date, c.country, sum(r.amount) AS refunded, count(*) AS refunds
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id JOIN silver.refunds r ON r.order_id = o.order_id
WHERE c.country = 'eu'
GROUP BY o.event_date, c.country;

CREATE TABLE gold.refunds_rest AS
SELECT o.event_date, c.country, count(*) AS refunds, sum(r.amount) AS refunded
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id JOIN silver.refunds r ON r.order_id = o.order_id
WHERE c.country <> 'eu'
GROUP BY o.event_date, c.country;
