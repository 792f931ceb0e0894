select s.return_of, (select sum(v.n) from (values (1, 'a'), (0, 'b'), (3, 'c')) as v (n, word) where not (v.n <> s.return_of)) as total, s.carrier
from shipments as s
group by s.return_of, (select sum(v.n) from (values (1, 'a'), (0, 'b'), (3, 'c')) as v (n, word) where not (v.n <> s.return_of)), s.carrier
