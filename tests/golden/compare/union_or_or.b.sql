select customer_id, country from customers where segment = 'a' or is_test
