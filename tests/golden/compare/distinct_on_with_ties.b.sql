SELECT customer_id, order_id, amount FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY customer_id, order_date DESC) AS n FROM orders) x WHERE n = 1
