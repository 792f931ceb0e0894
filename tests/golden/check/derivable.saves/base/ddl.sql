CREATE TABLE silver.orders (order_id BIGINT NOT NULL, customer_id BIGINT NOT NULL, status STRING, amount DECIMAL(12,2), ordered_at TIMESTAMP, event_date DATE)
PARTITIONED BY (event_date);
CREATE TABLE silver.customers (customer_id BIGINT NOT NULL, country STRING, is_bot BOOLEAN);
CREATE TABLE silver.refunds (order_id BIGINT NOT NULL, amount DECIMAL(12,2));
