select order_id from orders where coalesce(discount, 0) < 10
