CREATE TABLE gold.daily AS
SELECT event_date, sum(amount) AS revenue FROM silver.orders GROUP BY event_date;

CREATE TABLE gold.of_customer AS
SELECT c.customer_id, sum(o.amount) AS revenue
FROM silver.orders o JOIN silver.customers c ON c.customer_id = o.customer_id GROUP BY c.customer_id;
