CREATE TABLE gold.one_order_each AS
SELECT customer_id, order_id FROM (
    SELECT customer_id, order_id, row_number() OVER (PARTITION BY customer_id ORDER BY customer_id) AS place FROM silver.orders
) WHERE place = 1;

CREATE TABLE gold.numbered AS
SELECT region, row_number() OVER (PARTITION BY region ORDER BY (SELECT NULL)) AS number FROM silver.orders;
