-- one formula, with bots and without
create or replace table gold.country_reach as select country, count(distinct referred_by) as referring_customers from silver.customers where not is_bot group by country;
create or replace table gold.segment_reach as select segment, count(distinct referred_by) as referring_customers from silver.customers group by segment;
