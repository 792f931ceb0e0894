select x from raw_left
