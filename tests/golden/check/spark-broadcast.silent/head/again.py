from pyspark.sql.functions import broadcast, col

e = spark.table("silver.events")
e.join(broadcast(spark.table("silver.countries")), col("name") == col("code")).select("event_id").write.mode("overwrite").saveAsTable("gold.named_events")
per_user = spark.table("silver.events").groupBy("event_date").count()
e.join(broadcast(per_user), "event_date").select("event_id", "count").write.mode("overwrite").saveAsTable("gold.with_counts")
