CREATE TABLE IF NOT EXISTS grocery.bronze.receipts (
  payload STRING,
  source_file STRING,
  ingested_at TIMESTAMP
) COMMENT 'Receipts of the tills, as they arrive';

CREATE TABLE IF NOT EXISTS grocery.silver.receipts (
  receipt_id STRING NOT NULL,
  store_id INT NOT NULL,
  member_id BIGINT,
  sold_at TIMESTAMP NOT NULL,
  sold_on DATE NOT NULL,
  total_cents BIGINT,
  CONSTRAINT receipts_pk PRIMARY KEY (receipt_id)
) PARTITIONED BY (sold_on)
COMMENT 'One row per receipt';

CREATE TABLE IF NOT EXISTS grocery.silver.receipt_lines (
  receipt_id STRING NOT NULL,
  line_no INT NOT NULL,
  sku STRING NOT NULL,
  quantity DECIMAL(10,3),
  line_cents BIGINT,
  sold_on DATE NOT NULL,
  CONSTRAINT receipt_lines_pk PRIMARY KEY (receipt_id, line_no)
) PARTITIONED BY (sold_on)
COMMENT 'One row per line of a receipt';

CREATE TABLE IF NOT EXISTS grocery.silver.members (
  member_id BIGINT NOT NULL,
  email_hash STRING,
  joined_on DATE,
  home_store_id INT,
  valid_from TIMESTAMP,
  CONSTRAINT members_pk PRIMARY KEY (member_id)
) COMMENT 'Loyalty members, the newest version of each';

CREATE TABLE IF NOT EXISTS grocery.silver.stores (
  store_id INT NOT NULL,
  store_name STRING,
  region STRING,
  opened_on DATE,
  CONSTRAINT stores_pk PRIMARY KEY (store_id)
) COMMENT 'Stores';

CREATE TABLE IF NOT EXISTS grocery.silver.products (
  sku STRING NOT NULL,
  product_name STRING,
  category STRING,
  CONSTRAINT products_pk PRIMARY KEY (sku)
) COMMENT 'Articles';
