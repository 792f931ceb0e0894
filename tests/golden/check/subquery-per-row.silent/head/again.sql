create or replace table gold.one_lookup as
select o.order_id, (select c.country from silver.customers c where c.customer_id = o.customer_id) as country from silver.orders o;
create or replace table gold.fixed_lookups as
select order_id, (select max(amount) from silver.orders) as most, (select min(amount) from silver.orders) as least from silver.orders;
