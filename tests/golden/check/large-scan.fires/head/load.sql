INSERT OVERWRITE TABLE ds.status_now
SELECT status, count(*) AS n FROM silver.orders GROUP BY status;
