select order_id, order_date::timestamp_ltz as at from orders
