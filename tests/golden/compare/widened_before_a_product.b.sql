select cast(order_id as int) * cast(customer_id as int) as n from orders
