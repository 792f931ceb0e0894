select country from customers where segment = 'a' union select country from customers where is_test
