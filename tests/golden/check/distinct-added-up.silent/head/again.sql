create or replace table gold.max_users as select kind, max(users) as most, avg(users) as mean_users from gold.kind_days group by kind;
create or replace table gold.orders_by_month as
select month, sum(orders) as orders from (select date_trunc('MONTH', event_date) as month, region, count(distinct order_id) as orders from silver.orders group by 1, 2) group by month;
