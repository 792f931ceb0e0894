select order_id, customer_id, channel, amount from orders where status = 'paid'
