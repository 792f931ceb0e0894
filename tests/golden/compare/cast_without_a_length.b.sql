select order_id, status as s from orders
