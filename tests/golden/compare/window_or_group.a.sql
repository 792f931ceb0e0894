select order_id, sum(amount) over (partition by status) as s from orders
