select hash(cast(order_id as int)) as h from orders
