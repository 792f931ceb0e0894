select order_id, status <> 'x' and customer_id > 0 as fine from orders
