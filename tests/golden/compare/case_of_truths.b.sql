select order_id, status is not null and customer_id > 0 as fine from orders
