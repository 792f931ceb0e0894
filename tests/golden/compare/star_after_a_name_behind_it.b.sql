SELECT *, x FROM raw_a WHERE x > 1
