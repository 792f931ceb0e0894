create or replace table gold.early_sums as select region, sum(amount) as amount from silver.orders group by region;
