select order_id from orders where status = 'paid' and channel = 'web'
