select order_id, case when status = 'x' then false when customer_id > 0 then true else false end as fine from orders
