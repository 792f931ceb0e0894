select order_id from orders where order_id not in (select p.order_id from orders p join customers c on c.customer_id = p.customer_id where c.is_test)
