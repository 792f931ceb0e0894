CREATE TABLE gold.mean_order AS
SELECT event_date, avg(mean_amount) AS mean_amount FROM gold.customer_days GROUP BY event_date;

CREATE TABLE gold.kind_seconds AS
SELECT kind, sum(seconds_each) AS seconds FROM gold.kind_days GROUP BY kind;

CREATE TABLE gold.mean_of_regions AS
SELECT avg(m) AS mean FROM (SELECT region, round(avg(amount), 2) AS m FROM silver.orders GROUP BY region);
