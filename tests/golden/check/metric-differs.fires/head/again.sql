create or replace table gold.segment_report as
select segment, count(distinct customer_id) as human_customers from silver.customers group by segment;
