SELECT DISTINCT country, segment FROM sales.customers WHERE country IS NOT NULL
