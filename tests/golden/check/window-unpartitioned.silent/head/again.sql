create or replace table gold.region_ranks as
select region, rank() over (order by revenue desc) as place from (select region, sum(amount) as revenue from silver.orders group by region);

create or replace table gold.shares as
select order_id, amount / sum(amount) over () as share from silver.orders;
