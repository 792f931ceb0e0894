CREATE TABLE ds.refunds_of_orders AS SELECT order_id, sum(amount) AS amount FROM silver.refunds GROUP BY order_id;
