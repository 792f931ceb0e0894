SELECT order_id, amount FROM sales.orders WHERE amount > 100
