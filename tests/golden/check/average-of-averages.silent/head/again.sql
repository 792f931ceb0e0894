create or replace table gold.true_mean as
with per_region as (select region, sum(amount) as amount, count(*) as n from silver.orders group by region)
select sum(amount) / sum(n) as basket, max(amount) as largest, avg(n) as orders_per_region from per_region;
