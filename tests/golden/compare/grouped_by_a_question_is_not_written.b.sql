select p.kind, max(p.discount) as n
from (select o.amount, o.discount, case when exists (select 1 from shipments as s where s.order_id = o.order_id) then o.channel end as kind
      from orders as o where o.status = 'paid') as p
group by p.kind
