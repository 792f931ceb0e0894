CREATE TABLE silver.customers (customer_id BIGINT NOT NULL, email STRING, country STRING);
CREATE TABLE silver.orders (order_id BIGINT NOT NULL, customer_id BIGINT NOT NULL, amount DECIMAL(12,2));
