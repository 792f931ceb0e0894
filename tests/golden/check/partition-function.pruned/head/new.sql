-- BigQuery looks through what keeps the order of days
CREATE TABLE ds.of_july AS
SELECT page, COUNT(*) AS visits FROM shop.visits WHERE DATE(seen_at) BETWEEN '2026-07-01' AND '2026-07-31' GROUP BY page;

CREATE TABLE ds.since_july AS
SELECT page, COUNT(*) AS visits FROM shop.visits WHERE TIMESTAMP_TRUNC(seen_at, MONTH) >= TIMESTAMP '2026-07-01' GROUP BY page;

CREATE TABLE ds.last_days AS
SELECT v.page, COUNT(*) AS visits
FROM shop.visits v
WHERE v.seen_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 DAY) AND EXTRACT(HOUR FROM v.seen_at) < 6
GROUP BY v.page;

-- no partition column in the function
CREATE TABLE ds.by_year AS
SELECT EXTRACT(YEAR FROM order_day) AS y, COUNT(*) AS n FROM shop.orders WHERE order_day > '2020-01-01' AND LOWER(status) = 'paid' GROUP BY y;
