-- options: --steps
WITH t AS (
  SELECT order_date AS d, count(*) AS n, 'all' AS kind FROM shop.orders GROUP BY order_date
  UNION ALL
  SELECT order_date AS d, count(*) AS n, 'priced' AS kind FROM shop.orders WHERE price > 10 GROUP BY order_date
)
SELECT a.n, b.n, c.n, e.n FROM t a JOIN t b ON b.n = a.n JOIN t c ON c.n = a.n JOIN t e ON e.n = a.n
WHERE a.kind = 'all' AND a.d = DATE '2026-01-01' AND b.kind = 'priced' AND b.d = DATE '2026-01-01'
  AND c.kind = 'all' AND c.d = DATE '2026-01-02' AND e.kind = 'priced' AND e.d = DATE '2026-01-02'
