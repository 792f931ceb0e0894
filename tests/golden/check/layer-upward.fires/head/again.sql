create or replace table silver.customers_ranked as
select c.customer_id, c.country, d.revenue from silver.customers c left join gold.customer_days d on d.customer_id = c.customer_id;
insert into bronze.known select distinct customer_id from gold.customer_days;
