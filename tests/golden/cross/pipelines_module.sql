CREATE OR REFRESH MATERIALIZED VIEW sessions_by_device AS
SELECT device, to_date(started_at) AS day, COUNT(*) AS sessions
FROM web.sessions
WHERE ended_at IS NOT NULL
GROUP BY device, to_date(started_at)
