CREATE OR REPLACE TABLE `ads-prod.marts.advertiser_month`
CLUSTER BY advertiser_id
AS
SELECT
  p.advertiser_id,
  DATE_TRUNC(d.day, MONTH) AS month,
  SUM(d.clicks) AS clicks,
  SUM(d.cost) AS cost,
  SUM(d.revenue) AS revenue,
  SAFE_DIVIDE(SUM(d.revenue), SUM(d.cost)) AS roas
FROM `ads-prod.marts.campaign_day` AS d
JOIN `ads-prod.raw.campaigns` AS p ON p.campaign_id = d.campaign_id
GROUP BY 1, 2;
