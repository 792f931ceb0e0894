CREATE TABLE gold.never_referred AS
SELECT customer_id FROM silver.customers WHERE customer_id NOT IN (SELECT referred_by FROM silver.customers WHERE referred_by IS NOT NULL);

CREATE TABLE gold.no_orders AS
SELECT customer_id FROM silver.customers WHERE customer_id NOT IN (SELECT customer_id FROM silver.orders);

CREATE TABLE gold.unknown AS
SELECT customer_id FROM silver.customers WHERE customer_id NOT IN (SELECT customer_id FROM raw.visits);

CREATE TABLE gold.clicked AS
SELECT customer_id FROM silver.customers WHERE customer_id IN (SELECT referred_by FROM silver.customers);
