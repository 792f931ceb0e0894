SELECT a.x, c.y FROM raw_a a JOIN raw_b b ON a.k = b.k LEFT JOIN raw_c c ON c.m = a.m
