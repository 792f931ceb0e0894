create or replace table gold.orders_copy using delta location 's3://x/y' as select * from silver.orders;
create or replace table gold.refunds_renamed as select order_id as id, amount as refund from silver.refunds;
