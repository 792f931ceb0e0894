select order_id from orders where amount = (select amount from orders order by amount desc limit 1)
