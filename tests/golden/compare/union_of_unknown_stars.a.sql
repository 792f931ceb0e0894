SELECT *, 'x' AS src FROM raw_a UNION ALL SELECT *, 'y' FROM raw_b
