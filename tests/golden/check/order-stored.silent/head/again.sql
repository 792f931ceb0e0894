create or replace view gold.sorted_view as select order_id from silver.orders order by order_id;
create or replace table gold.numbered as
select order_id, row_number() over (partition by region order by amount) as n from silver.orders;
create or replace table gold.newest as
select * from (select order_id, ordered_at from silver.orders order by ordered_at desc limit 1000);
