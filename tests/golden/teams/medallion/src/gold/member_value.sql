-- Value of each loyalty member over the last year, and the segment marketing uses
CREATE OR REPLACE TABLE grocery.gold.member_value
COMMENT 'One row per loyalty member'
AS
WITH year AS (
  SELECT
    member_id,
    count(*)            AS visits,
    sum(total_cents)    AS spent_cents,
    max(sold_on)        AS last_visit
  FROM grocery.silver.receipts
  WHERE member_id IS NOT NULL
    AND sold_on >= date_sub(current_date(), 365)
  GROUP BY member_id
)
SELECT
  m.member_id,
  m.home_store_id,
  coalesce(y.visits, 0)              AS visits,
  coalesce(y.spent_cents, 0) / 100   AS spent,
  y.last_visit,
  CASE
    WHEN y.member_id IS NULL THEN 'lapsed'
    WHEN y.spent_cents >= 200000 THEN 'gold'
    WHEN y.spent_cents >= 50000 THEN 'silver'
    ELSE 'standard'
  END                                AS segment
FROM grocery.silver.members m
LEFT JOIN year y ON y.member_id = m.member_id;
