-- a star over columns that were listed, and a star in EXISTS and in count(*)
create or replace table ds.ranked as
select * from (select order_id, customer_id, row_number() over (partition by customer_id order by ordered_at) as n from silver.orders) where n = 1;

create or replace table ds.refunded as
select o.order_id from silver.orders o where exists (select * from silver.refunds r where r.order_id = o.order_id);

create or replace view ds.orders_v as select * from silver.orders where amount > 0;
