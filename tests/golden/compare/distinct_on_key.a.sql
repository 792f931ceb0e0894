select distinct order_id, amount from orders
