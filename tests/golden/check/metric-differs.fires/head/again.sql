create or replace table gold.segment_report as
select segment, count(distinct customer_id) as human_customers from silver.customers group by segment;

-- a mean over those without a value too is another number
create or replace table gold.credit_means as select country, avg(credit) as credit_mean from silver.customers group by country;
create or replace table gold.credit_means_of_segments as select segment, avg(coalesce(credit, 0)) as credit_mean from silver.customers group by segment;
