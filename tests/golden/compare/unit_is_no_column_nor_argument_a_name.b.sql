SELECT DATE_DIFF(x, y, DAY) AS days FROM (SELECT discount AS x, amount AS y FROM orders)
