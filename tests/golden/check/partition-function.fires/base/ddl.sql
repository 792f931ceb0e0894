CREATE TABLE shop.orders (order_id INT64 NOT NULL, customer_id INT64, status STRING, amount NUMERIC, ordered_at TIMESTAMP, order_day DATE)
PARTITION BY order_day;
CREATE TABLE shop.visits (visit_id STRING, page STRING, seen_at TIMESTAMP)
PARTITION BY TIMESTAMP_TRUNC(seen_at, DAY);
