-- some of the reads of one table are spared, not one table
CREATE TABLE ds.order_countries AS
SELECT o.order_id, (SELECT c.country FROM silver.customers c WHERE c.customer_id = o.customer_id) AS country FROM silver.orders o;
CREATE TABLE ds.order_bounds AS
SELECT order_id, (SELECT max(amount) FROM silver.orders) AS most, (SELECT min(amount) FROM silver.orders) AS least FROM silver.orders;
