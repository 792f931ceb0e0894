WITH d AS (SELECT b.y, a.* FROM raw_a a JOIN raw_b b ON a.k = b.m) SELECT * FROM d
