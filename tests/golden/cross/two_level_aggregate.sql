SELECT country, AVG(orders) AS orders_per_customer
FROM (SELECT country, customer_id, COUNT(*) AS orders FROM sales.orders GROUP BY country, customer_id) t
GROUP BY country
