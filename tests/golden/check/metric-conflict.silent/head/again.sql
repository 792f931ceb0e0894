create or replace view gold.active as select country, count(distinct customer_id) as active_customers from silver.customers where is_bot = false group by country;
create or replace view gold.active2 as select country, count(distinct customer_id) filter (where not is_bot) as active_customers from silver.customers group by country;
