CREATE TABLE raw.customers_landing AS SELECT * FROM silver.customers;

CREATE VIEW published.customers AS SELECT * FROM silver.customers;

CREATE VIEW ds.paid_orders AS SELECT order_id, amount FROM silver.orders WHERE status = 'paid';
CREATE TABLE ds.stored_orders AS SELECT * FROM ds.paid_orders;
