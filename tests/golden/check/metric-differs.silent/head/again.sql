create or replace table gold.segment_report as
select country, count(distinct if(not is_bot, customer_id, null)) as human_customers, sum(credit) / count(*) as credit_each from silver.customers group by country;
