SELECT * FROM (SELECT * FROM raw_a) d WHERE d.x > 1
