select customer_id from customers where country not in (select channel from orders)
