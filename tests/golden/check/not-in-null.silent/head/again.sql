create or replace table gold.no_orders as
select customer_id from silver.customers where customer_id not in (select customer_id from silver.orders);
create or replace table gold.no_events as
select customer_id from silver.customers where customer_id not in (select user_id from silver.events where user_id is not null);
create or replace table gold.no_events2 as
select customer_id from silver.customers c where not exists (select 1 from silver.events e where e.user_id = c.customer_id);
create or replace table gold.kinds as select event_id from silver.events where kind not in ('a', 'b');
