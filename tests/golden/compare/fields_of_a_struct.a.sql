SELECT j.a FROM (SELECT FROM_JSON(v, 'a INT, b INT') AS j FROM raw_a) x
