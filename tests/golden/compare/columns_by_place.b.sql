SELECT p FROM raw_a AS t (q, p) WHERE q > 1
