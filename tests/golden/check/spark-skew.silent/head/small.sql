CREATE OR REPLACE TABLE gold.users_twice AS
SELECT u.user_id, v.country FROM silver.users u JOIN silver.users v ON v.user_id = u.user_id AND v.country = u.country;
