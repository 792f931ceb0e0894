SELECT order_date, COUNT(*) AS orders, AVG(discount) AS discount FROM orders WHERE status = 'paid' GROUP BY order_date HAVING COUNT(*) > 5
