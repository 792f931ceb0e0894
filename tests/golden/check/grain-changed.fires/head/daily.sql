CREATE TABLE gold.daily AS
SELECT event_date, region, sum(amount) AS revenue FROM silver.orders GROUP BY event_date, region;
