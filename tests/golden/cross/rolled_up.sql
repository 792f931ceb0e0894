SELECT country, channel, SUM(amount) AS revenue FROM sales.orders GROUP BY ROLLUP (country, channel)
