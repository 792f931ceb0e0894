SELECT country, segment FROM sales.customers GROUP BY country, segment
