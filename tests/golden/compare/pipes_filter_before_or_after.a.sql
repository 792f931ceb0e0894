FROM orders |> WHERE amount > 10 |> AGGREGATE COUNT(*) AS n GROUP BY channel
