CREATE TABLE bronze.clicks (click_id STRING, user_id STRING, page STRING, clicked_at TIMESTAMP, payload STRING);
CREATE TABLE silver.orders (order_id BIGINT NOT NULL PRIMARY KEY, customer_id BIGINT NOT NULL, region STRING NOT NULL, status STRING, amount DECIMAL(12,2), coupon STRING, ordered_at TIMESTAMP, event_date DATE)
PARTITIONED BY (event_date);
CREATE TABLE silver.order_lines (order_id BIGINT NOT NULL, line_no INT NOT NULL, product_id BIGINT NOT NULL, quantity INT, price DECIMAL(12,2), PRIMARY KEY (order_id, line_no));
CREATE TABLE silver.customers (customer_id BIGINT NOT NULL PRIMARY KEY, country STRING NOT NULL, segment STRING, credit DECIMAL(12,2), referred_by BIGINT, is_bot BOOLEAN);
CREATE TABLE silver.stock (product_id BIGINT NOT NULL, region STRING NOT NULL, units INT, PRIMARY KEY (product_id, region));
CREATE TABLE silver.events (event_id STRING NOT NULL PRIMARY KEY, user_id BIGINT, kind STRING NOT NULL, seconds DOUBLE, happened_at TIMESTAMP);
CREATE TABLE legacy.accounts (account_no STRING NOT NULL PRIMARY KEY, customer_id STRING, opened DATE);
CREATE TABLE silver.targets (product_id BIGINT NOT NULL, region STRING NOT NULL, wanted INT, CONSTRAINT targets_pk PRIMARY KEY (product_id, region));
CREATE TABLE gold.order_state (order_id BIGINT NOT NULL, status STRING, event_date DATE) PARTITIONED BY (event_date);
