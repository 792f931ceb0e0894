select order_id from orders where discount is null or discount < 10
