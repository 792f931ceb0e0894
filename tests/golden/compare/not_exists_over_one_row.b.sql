select order_id from orders o where not exists (select 1 from (values (1, 2)) as v (a, b) where not v.b <> o.discount)
