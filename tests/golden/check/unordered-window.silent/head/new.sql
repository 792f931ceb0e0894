CREATE TABLE gold.one_order_each AS
SELECT customer_id, order_id FROM (
    SELECT customer_id, order_id, row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS place FROM silver.orders
) WHERE place = 1;

CREATE TABLE gold.shares AS
SELECT order_id, amount / sum(amount) OVER (PARTITION BY customer_id) AS share FROM silver.orders;

CREATE TABLE gold.customer_totals AS
SELECT DISTINCT ON (customer_id) customer_id, sum(amount) AS amount FROM silver.orders GROUP BY customer_id;

CREATE TABLE gold.customer_first AS
SELECT customer_id, segment FROM (
    SELECT customer_id, segment, row_number() OVER (PARTITION BY customer_id ORDER BY customer_id) AS place FROM silver.customers
) WHERE place = 1;
