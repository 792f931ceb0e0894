select distinct customer_id, amount from orders
