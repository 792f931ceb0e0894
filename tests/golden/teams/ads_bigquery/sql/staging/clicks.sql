-- Clicks of one day, without doubles and without our own test users
SELECT
  click_id,
  user_key,
  campaign_id,
  ad_id,
  cost_micros / 1e6 AS cost,
  clicked_at,
  DATE(clicked_at) AS click_date
FROM `ads-prod.raw.clicks`
WHERE DATE(clicked_at) = '{{ ds }}'
  AND user_key NOT LIKE 'test-%'
QUALIFY ROW_NUMBER() OVER (PARTITION BY click_id ORDER BY clicked_at) = 1
