CREATE TABLE silver.events (event_id BIGINT NOT NULL, user_id BIGINT, device_id BIGINT, name STRING);
CREATE TABLE silver.users (user_id BIGINT NOT NULL, country STRING);
CREATE TABLE silver.devices (device_id BIGINT NOT NULL, maker STRING);
