select v.kind, o.status from orders o cross join (values (0, 'x')) as v (kind, word)
