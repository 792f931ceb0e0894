from pyspark.sql import functions as F
spark.table("silver.events").groupBy("kind").agg(F.avg("seconds").alias("mean_seconds")).write.mode("overwrite").saveAsTable("gold.kind_means")
