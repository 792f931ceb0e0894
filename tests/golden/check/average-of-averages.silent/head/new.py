from pyspark.sql import functions as F
per_region = spark.table("silver.orders").groupBy("region", "event_date").agg(F.sum("amount").alias("amount"))
per_region.groupBy("region").agg(F.avg("amount").alias("mean_amount")).write.mode("overwrite").saveAsTable("gold.region_means")
