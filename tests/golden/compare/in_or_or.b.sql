select order_id from orders where status = 'sent' or status = 'paid'
