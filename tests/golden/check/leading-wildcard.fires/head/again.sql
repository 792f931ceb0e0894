create or replace table gold.gift_orders as
select order_id from silver.orders where lower(status) = 'paid' and coupon like '%GIFT%';

create or replace view gold.error_events as
select event_id, kind from silver.events where kind ilike '%error' or kind = 'crash';

create or replace table gold.mails as
with x as (select event_id, kind as k from silver.events) select event_id from x where k like '%mail%' and k is not null;
