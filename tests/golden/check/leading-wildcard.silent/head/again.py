from pyspark.sql import functions as F

spark.table("silver.events").filter(F.col("kind").startswith("timeout")).select("event_id").write.mode("overwrite").saveAsTable("gold.starts")
spark.table("silver.customers").filter(F.col("segment").like("%vip%")).select("customer_id").write.mode("overwrite").saveAsTable("gold.vips")
