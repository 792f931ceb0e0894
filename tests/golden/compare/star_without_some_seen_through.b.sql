SELECT k, u AS w FROM raw_a WHERE k > 1
