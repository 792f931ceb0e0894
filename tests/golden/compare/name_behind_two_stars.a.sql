SELECT d.x FROM (SELECT * FROM raw_a a LEFT JOIN raw_b b ON a.k = b.m) d WHERE d.x IS NOT NULL
