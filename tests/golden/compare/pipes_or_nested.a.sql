FROM orders |> WHERE status = 'paid' |> EXTEND amount * 2 AS twice |> AGGREGATE SUM(twice) AS total, COUNT(*) AS n GROUP BY channel |> WHERE n > 10 |> SELECT channel, total
