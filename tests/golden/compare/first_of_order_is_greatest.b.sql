select order_id from orders where amount = (select max(amount) from orders)
