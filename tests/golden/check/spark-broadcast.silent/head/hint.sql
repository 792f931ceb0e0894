CREATE OR REPLACE TABLE gold.users_by_name AS
SELECT /*+ BROADCAST(c), MERGE(u) */ u.user_id, c.name FROM silver.users u JOIN silver.countries c ON c.code = u.country;
