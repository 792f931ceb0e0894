CREATE TABLE gold.customer_days AS
SELECT customer_id, event_date, count(DISTINCT order_id) AS orders, sum(amount) AS revenue, avg(amount) AS mean_amount
FROM silver.orders
WHERE status = 'paid'
GROUP BY customer_id, event_date;
CREATE OR REFRESH STREAMING TABLE silver.pings AS
SELECT ping_id, user_id, pinged_at FROM STREAM(bronze.pings);
CREATE TABLE gold.kind_days AS
SELECT kind, date(happened_at) AS day, count(DISTINCT user_id) AS users, sum(seconds) / count(*) AS seconds_each, sum(seconds) AS seconds
FROM silver.events
GROUP BY kind, date(happened_at);
CREATE TABLE gold.segments AS
SELECT segment, count(DISTINCT CASE WHEN NOT is_bot THEN customer_id END) AS human_customers, sum(credit) / count(*) AS credit_each
FROM silver.customers
GROUP BY segment;
