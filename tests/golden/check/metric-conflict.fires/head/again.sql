create or replace view gold.active as select country, count(customer_id) as active_customers from silver.customers where not is_bot group by country;
