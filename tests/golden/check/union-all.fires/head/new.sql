CREATE TABLE gold.parties AS
SELECT 'customer' AS party, customer_id AS id FROM silver.customers
UNION
SELECT 'order' AS party, order_id AS id FROM silver.orders;

CREATE TABLE gold.paid_and_open AS
SELECT status, region, sum(amount) AS amount FROM silver.orders WHERE status = 'paid' GROUP BY status, region
UNION
SELECT status, region, max(amount) AS amount FROM silver.orders WHERE status = 'open' GROUP BY status, region;
