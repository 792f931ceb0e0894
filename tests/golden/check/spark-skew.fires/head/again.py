from pyspark.sql import functions as F

e = spark.table("silver.events").select("event_id", "user_id").where(F.col("event_id") > 0)
u = spark.table("silver.users")
u.join(e, u.user_id == e.user_id, "inner").select(e.event_id, u.country).write.mode("overwrite").saveAsTable("gold.skewed")
