SELECT user_id, event_id, lag(event_ts, 1) OVER (PARTITION BY user_id ORDER BY event_ts, event_id) AS previous_ts
FROM web.events WHERE user_id IS NOT NULL
