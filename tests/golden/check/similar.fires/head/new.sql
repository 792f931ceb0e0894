CREATE TABLE ds.vips AS
SELECT o.customer_id, sum(o.amount) AS amount FROM silver.orders o WHERE o.status = 'paid' GROUP BY o.customer_id ORDER BY amount DESC LIMIT 10;
