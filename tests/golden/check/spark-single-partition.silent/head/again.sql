create or replace table gold.days as select /*+ COALESCE(1) */ event_date, count(*) as n from silver.events group by event_date;
create or replace table gold.spread as select /*+ REPARTITION(event_date) */ event_id, event_date from silver.events;
