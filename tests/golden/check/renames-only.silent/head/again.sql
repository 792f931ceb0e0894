create or replace table gold.refunds_some as select order_id from silver.refunds;
create or replace table gold.refunds_big as select * from silver.refunds where amount > 10;
create table backup.refunds_2026 as select * from silver.refunds;
create or replace table bronze.refunds as select * from landing.refunds;
