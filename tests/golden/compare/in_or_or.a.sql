select order_id from orders where status in ('paid', 'sent')
