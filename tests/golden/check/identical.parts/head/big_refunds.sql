CREATE TABLE ds.big_refunds AS SELECT order_id, sum(amount) AS amount FROM silver.refunds GROUP BY order_id HAVING sum(amount) > 1000;
