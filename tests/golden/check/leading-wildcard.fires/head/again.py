from pyspark.sql import functions as F

spark.table("silver.events").filter(F.col("kind").like("%timeout%")).select("event_id").write.mode("overwrite").saveAsTable("gold.timeouts")
spark.table("silver.events").where("kind LIKE '%fail'").select("event_id", "user_id").write.mode("overwrite").saveAsTable("gold.fails")
spark.table("silver.events").filter(F.col("kind").contains("refused")).select("event_id", "seconds").write.mode("overwrite").saveAsTable("gold.refused")
