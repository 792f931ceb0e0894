select order_id from orders where status like 'paid'
