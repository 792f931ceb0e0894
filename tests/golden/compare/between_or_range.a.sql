select order_id from orders where amount between 10 and 20
