SELECT user_id, event_type, event_date FROM web.events
UNION ALL
SELECT user_id, event_type, event_date FROM web.events_archive WHERE event_date >= DATE '2020-01-01'
