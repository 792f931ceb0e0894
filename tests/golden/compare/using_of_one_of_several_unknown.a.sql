SELECT a.x, c.y FROM raw_a a JOIN raw_b b USING (k) LEFT JOIN raw_c c USING (m)
