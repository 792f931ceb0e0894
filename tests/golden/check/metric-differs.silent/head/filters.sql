-- slices of one number; the truth is asked in both, or inside
create or replace table gold.dutch as select segment, count(distinct customer_id) as held_customers from silver.customers where country = 'NL' group by segment;
create or replace table gold.belgian as select segment, count(distinct customer_id) as held_customers from silver.customers where country = 'BE' group by segment;
create or replace table gold.kept_a as select country, sum(credit) as kept_credit from silver.customers where not is_bot group by country;
create or replace table gold.kept_b as select segment, sum(credit) as kept_credit from silver.customers where is_bot = false and credit > 0 group by segment;
