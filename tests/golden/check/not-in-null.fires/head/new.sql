CREATE TABLE gold.never_referred AS
SELECT customer_id FROM silver.customers WHERE customer_id NOT IN (SELECT referred_by FROM silver.customers);
