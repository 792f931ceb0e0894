CREATE TABLE gold.mean_revenue AS
SELECT event_date, avg(revenue) AS mean_revenue, max(mean_amount) AS largest_mean FROM gold.customer_days GROUP BY event_date;

CREATE TABLE gold.weighted AS
SELECT event_date, sum(mean_amount * orders) / sum(orders) AS mean_amount FROM gold.customer_days GROUP BY event_date;

CREATE TABLE gold.unknown AS
SELECT page, avg(mean_seconds) AS mean_seconds FROM raw.visits GROUP BY page;
