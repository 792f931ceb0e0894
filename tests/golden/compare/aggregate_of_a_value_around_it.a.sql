-- dialect: postgres
select o.channel, sum(o.amount) as n, min(case when (select min(s.return_of) from shipments as s where s.return_of = o.order_id) = o.customer_id * 2 then o.amount end) as least
from orders as o
group by o.channel
