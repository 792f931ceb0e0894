CREATE TABLE gold.per_order COMMENT 'One row per order_id.' AS SELECT order_id, count(*) AS n FROM silver.orders GROUP BY order_id;
CREATE TABLE gold.per_customer COMMENT 'One row per customer_id.' AS SELECT customer_id, count(*) AS n FROM silver.orders GROUP BY customer_id;
CREATE TABLE gold.per_amount COMMENT 'One row per amount.' AS SELECT amount, count(*) AS n FROM silver.orders GROUP BY amount;
