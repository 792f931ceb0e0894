select order_id, case when amount > 10 then status end as status from orders
