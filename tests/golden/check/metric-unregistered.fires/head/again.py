from pyspark.sql import functions as F

spark.table("silver.events").groupBy("kind").agg((F.sum("seconds") / F.countDistinct("user_id")).alias("seconds_per_user")).write.mode("overwrite").saveAsTable("gold.kind_seconds")
