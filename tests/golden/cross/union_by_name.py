live = spark.table("web.events").select("user_id", "event_type", "event_date")
old = spark.table("web.events_archive").filter("event_date >= DATE '2020-01-01'").select("event_date", "event_type", "user_id")
live.unionByName(old).write.mode("overwrite").saveAsTable("silver.all_events")
