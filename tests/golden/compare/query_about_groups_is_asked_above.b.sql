select order_id, status, customer_id from orders
