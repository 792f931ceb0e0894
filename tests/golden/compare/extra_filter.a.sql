select order_id, customer_id from orders where status = 'paid' and channel = 'web'
