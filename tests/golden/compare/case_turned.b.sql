select order_id, case when discount is not null and customer_id <> 0 then 'yes' else 'no' end as reduced, case when customer_id = 0 then 2 else 1 end as k from orders
