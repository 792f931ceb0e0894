CREATE TABLE gold.daily AS
SELECT event_date, sum(amount) AS revenue FROM silver.orders GROUP BY event_date;
