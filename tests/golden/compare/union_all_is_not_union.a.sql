select customer_id from orders union select customer_id from customers
