select order_id from orders where discount = (select discount from orders order by discount limit 1)
