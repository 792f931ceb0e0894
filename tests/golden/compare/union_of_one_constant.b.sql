select id, 'o' as kind from (select order_id as id from orders union all select customer_id from customers) u
