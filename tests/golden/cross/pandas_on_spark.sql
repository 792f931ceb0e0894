SELECT customer_id, amount * 2 AS doubled FROM sales.orders WHERE amount > 100
