create or replace view gold.mean_basket as
with per_region as (select region, avg(amount) as basket from silver.orders group by region)
select round(avg(basket), 2) as basket from per_region;

create or replace table gold.mean_of_days as select customer_id, avg(mean_amount) as mean_amount from gold.customer_days group by customer_id;
