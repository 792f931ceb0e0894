insert into gold.events_log select uuid() as id, event_id from silver.events where happened_at > current_date();
create or replace table gold.hashed as select sha2(cast(order_id as string), 256) as k, order_id, current_timestamp() as made_at from silver.orders;
create or replace table gold.sampled as select order_id from silver.orders order by rand() limit 100;
