CREATE TABLE gold.one_order_each AS
SELECT customer_id, order_id FROM (
    SELECT customer_id, order_id, row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC) AS place FROM silver.orders
) WHERE place = 1;

CREATE TABLE gold.shares AS
SELECT order_id, amount / sum(amount) OVER (PARTITION BY customer_id) AS share FROM silver.orders;
