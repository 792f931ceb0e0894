SELECT DISTINCT ON (a) a, b::text[], ARRAY[1, 2], (ARRAY[1, 2, 3])[1:2], x -> 'a' ->> 'b', x @> '{"a": 1}', d AT TIME ZONE 'utc', E'a\nb', $$x'y$$, a ~* 'b', a IS DISTINCT FROM b, interval '1 day' + now(), -x ^ 2, a::int < b, percentile_cont(0.5) WITHIN GROUP (ORDER BY x), count(*) FILTER (WHERE a), x NOT ILIKE 'b', a = ANY (ARRAY[1, 2]), a > ALL (SELECT 1), extract(epoch FROM t), position('a' IN b), overlay(a PLACING b FROM 1 FOR 2), x BETWEEN SYMMETRIC 1 AND 2, ROW(1, 2) = (1, 2)
FROM ONLY t TABLESAMPLE system (10) REPEATABLE (1), LATERAL jsonb_to_recordset(j) AS r(a int, b text), generate_series(1, 2) WITH ORDINALITY AS g(n, o)
JOIN (a JOIN b ON a.x = b.x) AS ab ON true NATURAL JOIN c
WINDOW w AS (ORDER BY a RANGE BETWEEN INTERVAL '1 day' PRECEDING AND CURRENT ROW EXCLUDE TIES)
FETCH FIRST 3 ROWS WITH TIES FOR UPDATE OF t SKIP LOCKED;
WITH x AS MATERIALIZED (DELETE FROM t USING u WHERE t.id = u.id RETURNING *) SELECT * FROM x;
INSERT INTO t AS a (x) SELECT 1 ON CONFLICT (x) DO UPDATE SET y = excluded.y RETURNING id;
CREATE TABLE t (id serial PRIMARY KEY, a text UNIQUE, b numeric(10, 2) CHECK (b > 0), c int REFERENCES u (id) ON DELETE CASCADE, UNIQUE (a, b), EXCLUDE USING gist (c WITH &&));
CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log SELECT * FROM src; RETURN 1; END $$;
