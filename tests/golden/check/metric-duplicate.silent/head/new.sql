CREATE TABLE gold.event_users AS
SELECT kind, count(DISTINCT user_id) AS active_users, count(DISTINCT event_id) AS events FROM silver.events GROUP BY kind;
