CREATE TABLE gold.countries AS
SELECT country, count(DISTINCT customer_id) AS human_customers FROM silver.customers GROUP BY country;

CREATE TABLE gold.bots AS
SELECT is_bot, avg(credit / referred_by) AS credit_each FROM silver.customers GROUP BY is_bot;
