select order_id, amount from orders where amount > 100 and amount > 50 and status = 'paid'
