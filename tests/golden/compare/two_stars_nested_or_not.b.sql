WITH d AS (SELECT a.*, b.* FROM raw_a a JOIN raw_b b ON a.k = b.m) SELECT * FROM d WHERE x > 1
