-- How often does a user see a campaign before converting
WITH per_user AS (
  SELECT k.campaign_id, k.user_key, COUNT(*) AS touches, COUNTIF(c.conversion_id IS NOT NULL) AS conversions
  FROM `ads-prod.staging.clicks` k
  LEFT JOIN `ads-prod.marts.conversions_attributed` c
    ON c.click_id = k.click_id AND c.conversion_date >= DATE_SUB(CURRENT_DATE(), INTERVAL 60 DAY)
  WHERE k.click_date >= DATE_SUB(CURRENT_DATE(), INTERVAL 60 DAY)
  GROUP BY 1, 2
)
SELECT campaign_id, touches, COUNT(*) AS users, SUM(conversions) AS conversions
FROM per_user
GROUP BY campaign_id, touches
ORDER BY campaign_id, touches
