FROM orders |> AGGREGATE COUNT(*) AS n GROUP BY channel |> WHERE n > 10
