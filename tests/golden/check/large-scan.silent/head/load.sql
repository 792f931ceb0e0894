INSERT OVERWRITE TABLE ds.status_now
SELECT status, count(*) AS n FROM silver.orders WHERE event_date = current_date() GROUP BY status;
