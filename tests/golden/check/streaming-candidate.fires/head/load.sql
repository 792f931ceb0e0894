INSERT INTO gold.late_pings
SELECT ping_id, user_id FROM silver.pings WHERE pinged_at > current_timestamp() - INTERVAL 10 MINUTES;
