out = spark.table("silver.users").select("user_id", "country")
(out.repartition(1).write.format("csv").option("header", "true").mode("overwrite").save("/exports/users"))
spark.read.table("silver.events").where("event_date >= '2026-01-01'").coalesce(1).write.mode("overwrite").saveAsTable("gold.events_2026")
