DECLARE run_day DATE DEFAULT DATE '{{ ds }}';

DELETE FROM `ads-prod.marts.campaign_day` WHERE day = run_day;

INSERT INTO `ads-prod.marts.campaign_day` (campaign_id, day, clicks, users, cost, conversions, revenue)
WITH clicks AS (
  SELECT campaign_id, click_date AS day, COUNT(*) AS clicks, COUNT(DISTINCT user_key) AS users, SUM(cost) AS cost
  FROM `ads-prod.staging.clicks`
  WHERE click_date = run_day
  GROUP BY campaign_id, day
),
conversions AS (
  SELECT campaign_id, conversion_date AS day, COUNT(*) AS conversions, SUM(revenue) AS revenue
  FROM `ads-prod.marts.conversions_attributed`
  WHERE conversion_date = run_day
  GROUP BY campaign_id, day
)
SELECT k.campaign_id, k.day, k.clicks, k.users, k.cost, IFNULL(c.conversions, 0), IFNULL(c.revenue, 0)
FROM clicks k
LEFT JOIN conversions c USING (campaign_id, day);
