create or replace table gold.nameless as select region, count(*) as n from silver.orders group by region;
