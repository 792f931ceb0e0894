CREATE TABLE raw.customers_landing AS SELECT * FROM silver.customers;
