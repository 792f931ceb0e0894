CREATE TABLE gold.countries AS
SELECT country, count(DISTINCT customer_id) AS human_customers FROM silver.customers GROUP BY country;

CREATE TABLE gold.bots AS
SELECT is_bot, avg(credit / referred_by) AS credit_each FROM silver.customers GROUP BY is_bot;

CREATE TABLE gold.kind_paces AS
SELECT kind, round(avg(o.seconds / o.user_id), 2) AS pace FROM silver.events AS o GROUP BY kind;

CREATE TABLE gold.day_paces AS
SELECT date(happened_at) AS day, sum(seconds) / nullif(sum(user_id), 0) AS seconds_per_user FROM silver.events GROUP BY date(happened_at);

CREATE TABLE gold.month_users AS
SELECT date_trunc('MONTH', happened_at) AS month, count(DISTINCT user_id) AS active_people FROM silver.events GROUP BY 1;

CREATE TABLE gold.week_users AS
SELECT date_trunc('week', e.happened_at) AS week, count(DISTINCT e.user_id) AS active_people FROM silver.events e GROUP BY week;
