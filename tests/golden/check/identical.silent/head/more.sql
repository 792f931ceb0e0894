CREATE TABLE ds.paid_of_run AS
SELECT customer_id, count(*) AS orders, sum(amount) AS amount FROM ${env}.orders WHERE status = 'paid' GROUP BY customer_id;
CREATE TABLE ds.shape AS SELECT customer_id, count(*) AS orders, sum(amount) AS amount FROM silver.orders WHERE 1 = 0 GROUP BY customer_id;
CREATE TABLE ds.shape_again AS SELECT order_id FROM silver.refunds WHERE 1 = 0;
