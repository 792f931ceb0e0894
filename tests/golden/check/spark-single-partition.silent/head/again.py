from pyspark.sql import functions as F

events = spark.table("silver.events")
events.groupBy("event_date").count().coalesce(1).write.mode("overwrite").csv("/exports/days")
events.orderBy(F.desc("event_id")).limit(500).coalesce(1).write.mode("overwrite").csv("/exports/top")
best = events.limit(500)
best.join(spark.table("silver.users"), "user_id").select("user_id", "country").coalesce(1).write.mode("overwrite").csv("/exports/best")
spark.table("silver.countries").repartition(1).write.mode("overwrite").saveAsTable("gold.countries")
events.repartition(200, "event_date").write.mode("overwrite").saveAsTable("gold.events_by_day")
events.repartition("event_date").write.mode("overwrite").saveAsTable("gold.events_by_day2")
