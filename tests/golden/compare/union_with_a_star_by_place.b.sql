SELECT k, v FROM raw_a UNION ALL SELECT k, v FROM raw_b
