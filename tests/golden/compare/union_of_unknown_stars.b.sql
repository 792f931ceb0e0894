SELECT *, 'y' AS src FROM raw_b UNION ALL SELECT *, 'x' FROM raw_a
