SELECT event_type, COUNT(*) AS n FROM web.events
WHERE event_type NOT IN ('ping', 'heartbeat') AND (page LIKE '/shop/%' OR page LIKE '/cart%')
GROUP BY event_type
