CREATE OR REPLACE TABLE gold.ping_users AS
SELECT user_id, count(*) AS pings FROM silver.pings GROUP BY user_id;
