select l.*, r.* from raw_left as l join raw_right as r on l.k = r.k
