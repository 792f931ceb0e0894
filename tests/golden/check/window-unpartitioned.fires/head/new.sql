CREATE TABLE gold.numbered AS
SELECT order_id, row_number() OVER (ORDER BY ordered_at) AS place FROM silver.orders;
