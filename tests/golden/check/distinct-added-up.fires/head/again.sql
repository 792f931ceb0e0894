create or replace table gold.users_of_kinds as select kind, sum(users) as users from gold.kind_days group by kind;
create or replace view gold.total_buyers as
select sum(buyers) as buyers from (select region, count(distinct customer_id) as buyers from silver.orders group by region) x;
