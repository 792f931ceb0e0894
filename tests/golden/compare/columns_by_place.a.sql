SELECT p FROM raw_a AS t (p, q) WHERE q > 1
