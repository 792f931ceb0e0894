-- Saved query behind the weekly mail of the retention team
SELECT
  date_trunc('week', scored_on) AS week,
  count(*) AS scored,
  sum(CASE WHEN score > 0.62 THEN 1 ELSE 0 END) AS called,
  avg(score) AS avg_score
FROM telco.ml.churn_scores
WHERE scored_on >= date_sub(current_date(), 180)
GROUP BY 1
ORDER BY 1
