create or replace table gold.coupon_starts as select order_id from silver.orders where coupon like 'GIFT%';
create or replace table gold.one_day as select order_id from silver.orders where event_date = '2026-07-01' and coupon like '%GIFT%';
create or replace table gold.segments_like as select customer_id from silver.customers where segment like '%vip%';
