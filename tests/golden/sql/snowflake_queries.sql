SELECT v:a.b[0]::varchar, t.$1, f.value:x, IFF(a, b, c), a ILIKE ANY ('x', 'y'), {'a': 1, 'b': [1, 2]}, LISTAGG(a, ',') WITHIN GROUP (ORDER BY b), object_construct(*), * EXCLUDE (a) RENAME (b AS c), &v, $x, 'a''b', CASE WHEN a THEN 1 END
FROM @stage/path (FILE_FORMAT => 'f') t, k SAMPLE BERNOULLI (10) AS k2, LATERAL FLATTEN(input => v:items, outer => true) f, TABLE(my_udtf(1)) u, db..t2 AT(TIMESTAMP => 'x'::timestamp) AS h
ASOF JOIN q MATCH_CONDITION (h.t >= q.t) ON h.id = q.id
QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 1;
CREATE OR REPLACE DYNAMIC TABLE d TARGET_LAG = '1 hour' WAREHOUSE = w AS SELECT a FROM b;
INSERT ALL WHEN a > 1 THEN INTO t1 ELSE INTO t2 SELECT a FROM s;
COPY INTO t FROM @stage/x FILE_FORMAT = (TYPE = 'csv');
EXECUTE IMMEDIATE $$ INSERT INTO a SELECT * FROM b $$;
DECLARE x INT DEFAULT 1; BEGIN LET y := 2; INSERT INTO t SELECT :x FROM s; RETURN y; END;
SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a ORDER BY b MEASURES MATCH_NUMBER() AS m PATTERN (x+) DEFINE x AS c > 1) AS mr;
