CREATE TABLE gold.parties AS
SELECT 'customer' AS party, country AS name FROM silver.customers
UNION
SELECT 'order' AS party, region AS name FROM silver.orders;

CREATE TABLE gold.ids AS
SELECT customer_id AS id FROM silver.customers
UNION
SELECT order_id AS id FROM silver.orders;

CREATE TABLE gold.everything AS
SELECT 'customer' AS party, customer_id AS id FROM silver.customers
UNION ALL
SELECT 'order' AS party, order_id AS id FROM silver.orders;
