-- names left open: the text was written to be shared
SELECT o.id FROM <catalog>.<my-schema>.orders o WHERE o.a <b.c AND o.d> 1;
SELECT id FROM .orders JOIN .customers USING (id);
CREATE TABLE IF NOT EXISTS ${catalog}.${schema}.t AS SELECT * FROM IDENTIFIER(:source) WHERE day = :day AND kind = {{ kind }};
CONSTRAINT valid_count EXPECT (count > 0) ON VIOLATION FAIL UPDATE;
SELECT a FROM t WHERE x < y;
SELECT broken FROM <catalog>.;
