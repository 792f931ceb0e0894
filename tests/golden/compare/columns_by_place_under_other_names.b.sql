SELECT x.one AS p FROM raw_a AS x (one, two) WHERE two > 1
