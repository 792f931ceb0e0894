SELECT user_id, window.start AS ws, COUNT(*) AS n FROM web.events GROUP BY user_id, window(event_ts, '1 hour')
