create or replace table gold.daily_join as
select o.order_id, e.event_id from silver.orders o join silver.events e on e.user_id = o.customer_id and cast(e.happened_at as date) = o.event_date;

create or replace table gold.typed as
select o.order_id, l.line_no from silver.orders o join silver.order_lines l on l.order_id = o.order_id where cast(l.quantity as string) = '1';
