SELECT * FROM (SELECT * FROM raw_a) x JOIN raw_b AS y USING (k) WHERE x.k > 1
