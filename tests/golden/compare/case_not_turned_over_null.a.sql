select order_id, case when discount <> 0 then 1 else 2 end as k from orders
