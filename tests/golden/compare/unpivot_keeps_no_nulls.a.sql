SELECT * FROM (SELECT order_id, amount, discount FROM orders) UNPIVOT (value FOR what IN (amount AS `a`, discount AS `d`))
