create or replace table gold.by_day using delta as
with d as (select event_date, sum(amount) as amount from silver.orders group by event_date)
select event_date, amount from d order by event_date;

insert into gold.event_log
select event_id, kind from silver.events where kind = 'visit' order by happened_at desc;
