select order_id, rand() as r from orders
