create or replace table gold.segment_report as
select country, count(distinct if(not is_bot, customer_id, null)) as human_customers, sum(credit) / count(*) as credit_each from silver.customers group by country;

-- NULL or 0 where nothing is summed: one number
create or replace table gold.credit_sums as select country, sum(credit) as credit_total, sum(coalesce(referred_by, 0)) as referrals_made from silver.customers group by country;
create or replace table gold.credit_sums_of_segments as select segment, coalesce(sum(credit), 0) as credit_total, sum(referred_by) as referrals_made from silver.customers group by segment;
