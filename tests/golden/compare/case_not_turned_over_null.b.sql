select order_id, case when discount = 0 then 2 else 1 end as k from orders
