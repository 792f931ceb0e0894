SELECT * FROM (SELECT * FROM raw_a a JOIN raw_b b ON a.k = b.m) d WHERE d.x > 1
