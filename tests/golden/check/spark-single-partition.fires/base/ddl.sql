CREATE TABLE silver.events (event_id BIGINT NOT NULL, user_id BIGINT, name STRING, event_date DATE) PARTITIONED BY (event_date);
CREATE TABLE silver.countries (code STRING NOT NULL, name STRING);
CREATE TABLE silver.users (user_id BIGINT NOT NULL, country STRING);
