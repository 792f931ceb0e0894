create or replace table gold.never_referred as
select c.customer_id from silver.customers c where c.customer_id not in (select referred_by from silver.customers);

delete from gold.leads where user_id not in (select user_id from silver.events where kind = 'visit');

create or replace view gold.silent_customers as
select customer_id, country from silver.customers where not (customer_id in (select e.user_id from silver.events as e));
