create or replace table gold.region_sums as select region, sum(amount) as amount from silver.orders group by region;
