-- every clause of a query once
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 10), x AS (SELECT * EXCEPT (a, b) FROM t)
SELECT /*+ BROADCAST(u) */ DISTINCT a, b AS `the b`, sum(c) FILTER (WHERE d > 0) AS s, count(DISTINCT e, f),
  row_number() OVER (PARTITION BY a, b ORDER BY c DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS rn,
  CASE WHEN a = 1 THEN 'x' WHEN a IS NOT NULL THEN 'y' ELSE NULL END, CASE a WHEN 1 THEN 2 END,
  cast(a AS DECIMAL(10, 2)), a::string, try_cast(b AS map<string, array<int>>), c:d.e[0]::int, transform(arr, (v, i) -> v + i), filter(arr, v -> v > 1)
FROM cat.sch.t AS t1 JOIN u USING (id) LEFT OUTER JOIN v ON t1.id = v.id AND v.d BETWEEN 1 AND 2 CROSS JOIN w
LEFT ANTI JOIN z ON z.id = t1.id, LATERAL (SELECT 1) l LATERAL VIEW OUTER explode(m) e AS k, val
WHERE (a = 1 OR b NOT LIKE 'x\%%' ESCAPE '!') AND c IN (1, 2, 3) AND d NOT IN (SELECT id FROM q) AND EXISTS (SELECT 1 FROM q)
  AND x <=> y AND NOT (a RLIKE '^b') AND e LIKE ANY ('a%', 'b%') AND -a * (b + c) - (d - e) / 2 % 3 > 0
GROUP BY a, b GROUPING SETS ((a, b), (a), ()) HAVING count(*) > 1 QUALIFY rn = 1
ORDER BY a DESC NULLS FIRST, 2 LIMIT 10 OFFSET 5;
SELECT a FROM b GROUP BY ALL ORDER BY ALL;
SELECT a FROM t1 UNION ALL SELECT b FROM t2 UNION ALL (SELECT c FROM t3 ORDER BY c LIMIT 1) EXCEPT SELECT 1 INTERSECT SELECT 2;
SELECT * FROM t PIVOT (sum(x) AS s, max(y) FOR (a, b) IN ((1, 2) AS p, (3, 4))) TABLESAMPLE (10 PERCENT) REPEATABLE (7);
SELECT * FROM t UNPIVOT INCLUDE NULLS (v FOR n IN (a AS 'A', b));
SELECT * FROM delta.`/mnt/x` VERSION AS OF 3 JOIN t TIMESTAMP AS OF '2024-01-01' JOIN IDENTIFIER(:c || '.s.t') ON true;
FROM t |> WHERE a > 1 |> EXTEND b + 1 AS c |> AGGREGATE sum(c) AS s GROUP BY d |> ORDER BY s DESC |> LIMIT 3;
SELECT * FROM read_files('/x', format => 'csv', header => true) WHERE d = :p AND e = ${q} AND f = '{{ r }}';
SELECT INTERVAL 1 DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL 2 HOURS 3 MINUTES, DATE '2024-01-01', X'0F', 1.5e3, 10L, extract(YEAR FROM d), trim(BOTH 'x' FROM y), named_struct('a', 1).a;
SELECT a.b.c, (a.b).c, (x::int)[1], arr[1], m['k'], struct(a AS x, b), s.*, count(*), (SELECT max(z) FROM q), (1, 2), () FROM STREAM(live.t);
VALUES (1, 'a'), (2, NULL);
