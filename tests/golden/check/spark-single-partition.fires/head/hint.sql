CREATE OR REPLACE TABLE silver.users_copy AS
SELECT /*+ COALESCE(1) */ user_id, upper(country) AS country FROM silver.users;
