select order_id, amount from orders
