select order_id, amount from orders where status = 'paid' and amount > 100
