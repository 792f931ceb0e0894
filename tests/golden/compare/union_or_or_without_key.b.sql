select country from customers where segment = 'a' or is_test
