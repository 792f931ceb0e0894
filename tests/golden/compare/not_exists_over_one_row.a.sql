-- dialect: postgres
select order_id from orders o where o.discount not in (select v.b from (values (1, 2)) as v (a, b))
