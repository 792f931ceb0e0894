select order_id from orders where amount >= 11
