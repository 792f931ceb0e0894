SELECT * FROM raw_a JOIN raw_b USING (k)
