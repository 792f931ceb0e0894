CREATE TABLE ds.this_year AS
SELECT status, COUNT(*) AS n FROM shop.orders WHERE EXTRACT(YEAR FROM order_day) = 2026 GROUP BY status;

-- through a sub-query, and on a table cut by the day of a time
CREATE OR REPLACE TABLE ds.july_pages AS
WITH seen AS (SELECT page, seen_at FROM shop.visits WHERE page <> '/')
SELECT page, COUNT(*) AS visits
FROM seen
WHERE FORMAT_TIMESTAMP('%Y-%m', seen_at) = '2026-07'
GROUP BY page;
