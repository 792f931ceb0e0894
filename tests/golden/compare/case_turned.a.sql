select order_id, case when discount is null or customer_id = 0 then 'no' else 'yes' end as reduced, case when customer_id <> 0 then 1 else 2 end as k from orders
