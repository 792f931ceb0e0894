CREATE TABLE gold.one_order_each AS
SELECT customer_id, order_id FROM (
    SELECT customer_id, order_id, row_number() OVER (PARTITION BY customer_id ORDER BY customer_id) AS place FROM silver.orders
) WHERE place = 1;

CREATE TABLE gold.numbered AS
SELECT region, row_number() OVER (PARTITION BY region ORDER BY (SELECT NULL)) AS number FROM silver.orders;

CREATE TABLE gold.one_state_each AS
SELECT DISTINCT ON (customer_id) customer_id, status, sum(amount) AS amount FROM silver.orders GROUP BY customer_id, status;
