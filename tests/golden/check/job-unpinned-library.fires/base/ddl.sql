CREATE TABLE silver.orders (order_id BIGINT NOT NULL, amount DECIMAL(12,2), event_date DATE) PARTITIONED BY (event_date);
