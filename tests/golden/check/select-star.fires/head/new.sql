CREATE TABLE ds.late AS
WITH all_orders AS (SELECT * FROM silver.orders)
SELECT * FROM all_orders WHERE amount > 10;
