create or replace view gold.both_kinds as
select 'order' as what, order_id as id, event_date as day from silver.orders
union
select 'ping' as what, user_id as id, date(happened_at) as day from (select distinct user_id, happened_at, event_id from silver.events) where 1 = 0 or user_id > 0
union distinct
select 'customer', customer_id, null from silver.customers;

create or replace table gold.by_status as
select order_id, status from silver.orders where status = 'open' union select order_id, status from silver.orders where status = 'paid';
