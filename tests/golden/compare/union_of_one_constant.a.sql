select order_id, 'o' as kind from orders union all select customer_id, 'o' from customers
