select customer_id, country from customers where segment = 'a' union select customer_id, country from customers where is_test
