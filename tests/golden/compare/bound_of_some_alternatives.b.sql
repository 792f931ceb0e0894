select order_id from orders where customer_id >= 11 and (customer_id <= 20 or order_id > 20)
