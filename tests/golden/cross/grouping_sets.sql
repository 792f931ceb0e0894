SELECT country, currency, COUNT(*) AS n FROM sales.orders GROUP BY country, currency GROUPING SETS ((country, currency), (country))
