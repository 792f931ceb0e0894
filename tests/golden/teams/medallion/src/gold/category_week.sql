CREATE OR REPLACE TABLE grocery.gold.category_week
COMMENT 'Quantity and revenue by category and ISO week'
AS
SELECT
  p.category,
  date_trunc('WEEK', l.sold_on)   AS week,
  sum(l.quantity)                 AS quantity,
  sum(l.line_cents) / 100         AS revenue
FROM grocery.silver.receipt_lines l
INNER JOIN grocery.silver.products p USING (sku)
GROUP BY p.category, date_trunc('WEEK', l.sold_on);
