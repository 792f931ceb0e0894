SELECT country, MIN(amount) AS lo, MAX(amount) AS hi, SUM(amount) AS tot FROM sales.orders GROUP BY country
