-- the condition of the second join speaks of the first two tables only
create or replace table ds.order_refund_country using delta as
select o.order_id, r.amount, c.country
from silver.orders as o
inner join silver.refunds as r on r.order_id = o.order_id
inner join silver.customers as c on o.order_id = r.order_id
where o.status = 'paid';

insert overwrite table ds.daily_pairs
select o.event_date, c.country, count(*)
from silver.customers c, (select event_date, order_id from silver.orders where amount > 100) o
where c.is_bot = false and o.event_date > date'2026-01-01'
group by o.event_date, c.country;
