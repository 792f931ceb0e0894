-- Tables of the silver layer, filled by the ingestion pipelines.
CREATE TABLE IF NOT EXISTS silver.customers (
  customer_id BIGINT NOT NULL,
  email STRING,
  country STRING,
  segment STRING,
  is_test BOOLEAN NOT NULL,
  signup_date DATE,
  CONSTRAINT customers_pk PRIMARY KEY (customer_id)
) USING DELTA;

CREATE TABLE IF NOT EXISTS silver.orders (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  order_date DATE NOT NULL,
  status STRING NOT NULL,
  channel STRING,
  amount DECIMAL(12, 2) NOT NULL,
  CONSTRAINT orders_pk PRIMARY KEY (order_id),
  CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES silver.customers (customer_id)
) USING DELTA PARTITIONED BY (order_date);

CREATE TABLE IF NOT EXISTS silver.order_items (
  order_id BIGINT NOT NULL,
  line_number INT NOT NULL,
  product_id BIGINT NOT NULL,
  quantity INT NOT NULL,
  price DECIMAL(12, 2) NOT NULL,
  CONSTRAINT order_items_pk PRIMARY KEY (order_id, line_number)
) USING DELTA;

CREATE TABLE IF NOT EXISTS silver.products (
  product_id BIGINT NOT NULL,
  product_name STRING,
  category STRING,
  CONSTRAINT products_pk PRIMARY KEY (product_id)
) USING DELTA;

CREATE TABLE IF NOT EXISTS silver.tickets (
  ticket_id BIGINT NOT NULL,
  customer_id BIGINT,
  opened_on DATE NOT NULL,
  severity STRING,
  resolved_on DATE,
  CONSTRAINT tickets_pk PRIMARY KEY (ticket_id)
) USING DELTA;
