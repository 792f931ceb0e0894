select sum(cast(order_id as int)) as n from orders where cast(customer_id as int) > 3
