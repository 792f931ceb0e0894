select *, 1 as x from raw_left
