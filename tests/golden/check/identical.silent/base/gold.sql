CREATE TABLE gold.customer_orders AS
SELECT customer_id, count(*) AS orders, sum(amount) AS amount
FROM silver.orders
WHERE status = 'paid'
GROUP BY customer_id;
CREATE MATERIALIZED VIEW gold.refunds_by_order WITH ROW FILTER gold.own_orders ON (order_id)
AS SELECT order_id, sum(amount) AS amount FROM silver.refunds GROUP BY order_id;
