select order_id from orders where discount < 10
