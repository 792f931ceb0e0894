select l.name as left_name, r.name as right_name from raw_left as l join raw_right as r on l.k = r.k
