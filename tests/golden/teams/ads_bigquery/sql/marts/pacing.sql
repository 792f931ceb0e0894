CREATE OR REPLACE VIEW `ads-prod.marts.pacing` AS
SELECT
  p.campaign_id,
  p.campaign_name,
  p.daily_budget,
  IFNULL(d.cost, 0) AS spent_yesterday,
  SAFE_DIVIDE(d.cost, p.daily_budget) AS pace
FROM `ads-prod.raw.campaigns` p
LEFT JOIN `ads-prod.marts.campaign_day` d
  ON d.campaign_id = p.campaign_id AND d.day = DATE_SUB(CURRENT_DATE(), INTERVAL 1 DAY);
