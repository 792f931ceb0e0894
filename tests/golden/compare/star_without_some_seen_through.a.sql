SELECT k, w FROM (SELECT * EXCEPT (v) RENAME (u AS w) FROM raw_a) x WHERE k > 1
