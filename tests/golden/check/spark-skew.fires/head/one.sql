CREATE OR REPLACE TABLE gold.events_of_users AS
SELECT e.event_id, u.country FROM silver.events e JOIN silver.users u ON u.user_id = e.user_id;
