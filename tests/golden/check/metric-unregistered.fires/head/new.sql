CREATE TABLE gold.kinds AS
SELECT kind, count(DISTINCT user_id) AS active_users, sum(seconds) AS watch_time FROM silver.events GROUP BY kind;
