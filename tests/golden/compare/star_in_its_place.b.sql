SELECT a.*, b.y FROM raw_a a JOIN raw_b b ON a.k = b.m
