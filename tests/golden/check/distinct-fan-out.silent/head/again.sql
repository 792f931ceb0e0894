create or replace table gold.regions_of_buyers as
select distinct o.region, c.segment from silver.orders o join silver.customers c on c.customer_id = o.customer_id;

create or replace table gold.buyers_by_exists as
select c.customer_id, c.country from silver.customers c where exists (select 1 from silver.orders o where o.customer_id = c.customer_id);
