create or replace table gold.everyone as
select customer_id from silver.customers union select customer_id from silver.orders;

create or replace table gold.stacked as
select order_id, status from silver.orders where status = 'open' union all select order_id, status from silver.orders where status = 'paid';

create or replace table gold.not_keys as
select region, status from silver.orders where status = 'open' union select region, status from silver.orders where status = 'paid';
