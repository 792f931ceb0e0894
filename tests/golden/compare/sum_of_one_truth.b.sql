select customer_id, is_test as n from customers
