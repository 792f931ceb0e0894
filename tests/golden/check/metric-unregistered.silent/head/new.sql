CREATE TABLE gold.kinds AS
SELECT kind, count(DISTINCT user_id) AS active_users, max(happened_at) AS last_event FROM silver.events GROUP BY kind;

CREATE TABLE silver.kind_counts AS
SELECT kind, count(*) AS events FROM silver.events GROUP BY kind;

CREATE TABLE gold.regions AS
SELECT region, sum(amount) AS revenue FROM silver.orders GROUP BY region;
