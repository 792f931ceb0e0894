create or replace table gold.told comment 'Orders by region' as select region, count(*) as n from silver.orders group by region;
create or replace temporary view v as select 1 as x;
