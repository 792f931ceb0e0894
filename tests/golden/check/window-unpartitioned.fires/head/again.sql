create or replace table gold.order_numbers as
select order_id, dense_rank() over (order by amount desc) as place from silver.orders where status = 'paid';

create or replace table gold.running as
select event_id, sum(seconds) over (order by happened_at rows between unbounded preceding and current row) as so_far from silver.events;
