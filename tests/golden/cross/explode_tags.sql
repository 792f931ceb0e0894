SELECT tag, COUNT(*) AS uses
FROM web.events LATERAL VIEW explode(tags) t AS tag
WHERE event_type = 'search'
GROUP BY tag
