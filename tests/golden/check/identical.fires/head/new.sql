CREATE TABLE ds.paid AS
WITH paid AS (SELECT * FROM silver.orders WHERE 'paid' = status)
SELECT sum(p.amount) AS total, p.customer_id AS customer, count(1) AS n
FROM paid p
GROUP BY p.customer_id;
