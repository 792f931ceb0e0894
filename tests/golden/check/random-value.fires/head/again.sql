create or replace table gold.keyed as select uuid() as row_key, order_id from silver.orders;
create or replace materialized view gold.bucketed as select order_id, case when rand() < 0.5 then 'a' else 'b' end as arm from silver.orders;
