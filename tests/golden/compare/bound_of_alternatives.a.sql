select order_id from orders where (customer_id > 10 and customer_id <= 20) or (customer_id > 20 and order_id > 20)
