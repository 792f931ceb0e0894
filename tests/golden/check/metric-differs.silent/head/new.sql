CREATE TABLE gold.countries AS
SELECT country, count(DISTINCT CASE WHEN NOT (is_bot) THEN customer_id END) AS human_customers, count(DISTINCT customer_id) AS customers
FROM silver.customers WHERE country <> 'XX' GROUP BY country;

CREATE TABLE gold.visits AS
SELECT page, count(DISTINCT visitor) AS human_customers FROM raw.visits GROUP BY page;

CREATE TABLE gold.credit_totals AS
SELECT country, coalesce(sum(credit), 0) AS credit_total FROM silver.customers GROUP BY country;

CREATE TABLE gold.credit_by_segment AS
SELECT segment, sum(coalesce(credit, 0)) AS credit_total FROM silver.customers GROUP BY segment;

CREATE TABLE gold.credit_rates AS
SELECT country, avg(credit / referred_by) AS credit_rate FROM silver.customers GROUP BY country;

CREATE TABLE gold.referral_rates AS
SELECT country, sum(referred_by) / sum(credit) AS referral_rate, sum(credit) / sum(customer_id) AS credit_per_customer FROM silver.customers GROUP BY country;

CREATE TABLE gold.kind_month_users AS
SELECT kind, date_trunc('month', happened_at) AS month, count(DISTINCT user_id) AS active_people, sum(seconds) AS spent_seconds
FROM silver.events GROUP BY 1, 2;

CREATE TABLE gold.month_people AS
SELECT date_trunc('MM', happened_at) AS month, count(DISTINCT user_id) AS active_people FROM silver.events GROUP BY month;

CREATE TABLE gold.day_seconds AS
SELECT date(happened_at) AS day, sum(seconds) AS spent_seconds FROM silver.events GROUP BY date(happened_at);
