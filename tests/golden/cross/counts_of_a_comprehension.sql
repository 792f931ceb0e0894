SELECT user_id,
       SUM(CASE WHEN event_type = 'click' THEN 1 ELSE 0 END) AS click_count,
       SUM(CASE WHEN event_type = 'view' THEN 1 ELSE 0 END) AS view_count,
       SUM(CASE WHEN event_type = 'buy' THEN 1 ELSE 0 END) AS buy_count
FROM web.events WHERE event_date >= DATE'2024-01-01' GROUP BY user_id
