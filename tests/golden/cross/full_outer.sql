SELECT COALESCE(a.user_id, b.user_id) AS user_id, a.first_event, b.first_session
FROM (SELECT user_id, MIN(event_ts) AS first_event FROM web.events GROUP BY user_id) a
FULL OUTER JOIN (SELECT user_id, MIN(started_at) AS first_session FROM web.sessions GROUP BY user_id) b
  ON a.user_id = b.user_id
