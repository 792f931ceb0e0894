select status, abs(customer_id) as kind from orders where customer_id = 7
