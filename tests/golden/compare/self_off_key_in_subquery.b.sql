select customer_id from orders where customer_id not in (select p.customer_id from orders p join customers c on c.customer_id = p.customer_id and c.segment = p.channel)
