CREATE TABLE ds.this_year AS
SELECT status, count(*) AS n FROM silver.orders WHERE year(event_date) = 2026 AND event_date >= DATE '2026-01-01' GROUP BY status;
