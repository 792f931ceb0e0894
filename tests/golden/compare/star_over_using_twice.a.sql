SELECT * FROM raw_a JOIN raw_b USING (k) WHERE k > 1
