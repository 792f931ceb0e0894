CREATE OR REPLACE TABLE `ads-prod.marts.reach_by_week` AS
SELECT
  campaign_id,
  DATE_TRUNC(click_date, WEEK(MONDAY)) AS week,
  APPROX_COUNT_DISTINCT(user_key) AS reach,
  COUNT(*) AS clicks
FROM `ads-prod.staging.clicks`
WHERE click_date >= DATE_SUB(DATE_TRUNC(CURRENT_DATE(), WEEK(MONDAY)), INTERVAL 26 WEEK)
GROUP BY campaign_id, week
