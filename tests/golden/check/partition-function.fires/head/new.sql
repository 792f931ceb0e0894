CREATE TABLE ds.this_year AS
SELECT status, count(*) AS n FROM silver.orders WHERE year(event_date) = 2026 GROUP BY status;
