select order_id from orders where discount = (select min(discount) from orders)
