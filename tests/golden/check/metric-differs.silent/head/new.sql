CREATE TABLE gold.countries AS
SELECT country, count(DISTINCT CASE WHEN NOT (is_bot) THEN customer_id END) AS human_customers, count(DISTINCT customer_id) AS customers
FROM silver.customers WHERE country <> 'XX' GROUP BY country;

CREATE TABLE gold.visits AS
SELECT page, count(DISTINCT visitor) AS human_customers FROM raw.visits GROUP BY page;
