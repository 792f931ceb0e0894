CREATE TABLE ds.vips AS
WITH paid AS (SELECT customer_id, amount, status FROM silver.orders WHERE 'paid' = status)
SELECT customer_id, sum(amount) AS amount FROM paid GROUP BY customer_id ORDER BY sum(amount) DESC LIMIT 10;
