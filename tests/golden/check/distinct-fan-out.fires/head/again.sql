create or replace table gold.buyers_2026 as
select distinct c.customer_id, c.country
from silver.customers c
inner join silver.orders o on o.customer_id = c.customer_id
where o.event_date >= '2026-01-01';

create or replace table gold.orders_with_expensive as
select distinct o.order_id, o.status, o.amount from silver.orders o, silver.order_lines l where l.order_id = o.order_id and l.price > 1000;
