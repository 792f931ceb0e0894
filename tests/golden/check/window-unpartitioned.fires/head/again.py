from pyspark.sql import Window, functions as F

w = Window.orderBy(F.desc("amount"))
spark.table("silver.orders").select("order_id", F.ntile(100).over(w).alias("percentile")).write.mode("overwrite").saveAsTable("gold.percentiles")
spark.table("silver.events").withColumn("surrogate", F.row_number().over(Window.orderBy("event_id"))).select("surrogate", "event_id").write.mode("overwrite").saveAsTable("gold.event_keys")
