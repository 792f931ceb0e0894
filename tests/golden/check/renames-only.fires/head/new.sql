CREATE TABLE ds.my_customers AS SELECT * FROM gold.customer_orders;

CREATE TABLE ds.customer_list AS SELECT customer_id, country, is_bot FROM silver.customers;
