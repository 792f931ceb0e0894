insert overwrite table gold.all_events select /*+ REPARTITION(1) */ event_id, user_id, name from silver.events where name is not null;
