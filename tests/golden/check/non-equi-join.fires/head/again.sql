create or replace table gold.visits_before_order as
with e as (select event_id, user_id, happened_at from silver.events where kind = 'visit')
select o.order_id, count(e.event_id) as visits
from silver.orders o
left outer join e on e.happened_at < o.ordered_at and e.happened_at >= o.ordered_at - interval 7 days
group by o.order_id;

insert into gold.same_name
select a.customer_id, e.event_id from silver.customers a inner join silver.events e on e.kind like concat(a.country, '%');
