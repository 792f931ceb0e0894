-- dialect: postgres
select v.kind from orders o cross join (values (0, 'x')) as v (kind, word) group by rollup (v.kind)
