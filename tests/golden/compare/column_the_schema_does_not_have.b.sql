SELECT o.order_id, o.region FROM orders AS o WHERE o.amount > 1
