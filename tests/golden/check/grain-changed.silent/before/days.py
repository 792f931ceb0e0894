from pyspark.sql import functions as F

spark.table("silver.events").groupBy("kind").agg(F.sum("seconds").alias("seconds")).write.mode("overwrite").saveAsTable("gold.kinds")
