-- dialect: postgres
select o.channel, abs(p.n) as n
from orders as o
left join (
    select s.order_id as n from shipments as s group by s.order_id
    except
    select count(x.channel) as n from orders as x
) as p on o.order_id = p.n
