CREATE TABLE ds.my_customers AS SELECT * FROM gold.customer_orders;
