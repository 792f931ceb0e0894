select customer_id, amount from orders
