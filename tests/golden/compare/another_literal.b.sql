select order_id, amount from orders where channel = 'app'
