select customer_id from customers
