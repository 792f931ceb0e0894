WITH recent AS (
  SELECT * FROM web.events WHERE event_date >= DATE '2024-06-01'
), visits AS (
  SELECT user_id, COUNT(*) AS views FROM recent WHERE event_type = 'page_view' GROUP BY user_id
)
SELECT c.customer_id, c.email, v.views
FROM visits v JOIN sales.customers c ON c.customer_id = v.user_id
