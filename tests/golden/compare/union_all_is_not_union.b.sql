select customer_id from orders union all select customer_id from customers
