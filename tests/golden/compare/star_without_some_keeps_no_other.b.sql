SELECT k FROM raw_a
