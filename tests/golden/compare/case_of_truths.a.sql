select order_id, case when status is null then false when customer_id > 0 then true else false end as fine from orders
