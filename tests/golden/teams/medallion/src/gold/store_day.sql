-- One row per store and day, for the morning report
CREATE OR REPLACE TABLE grocery.gold.store_day
COMMENT 'Sales by store and day'
AS
SELECT
  r.store_id,
  s.region,
  r.sold_on,
  count(*)                           AS receipts,
  count(DISTINCT r.member_id)        AS members,
  sum(r.total_cents) / 100           AS revenue,
  sum(r.total_cents) / 100 / count(*) AS avg_basket
FROM grocery.silver.receipts r
JOIN grocery.silver.stores s ON s.store_id = r.store_id
WHERE r.sold_on >= add_months(current_date(), -24)
GROUP BY r.store_id, s.region, r.sold_on;
