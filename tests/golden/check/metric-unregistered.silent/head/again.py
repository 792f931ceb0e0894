from pyspark.sql import functions as F

spark.table("silver.events").groupBy("kind").agg(F.countDistinct("user_id").alias("active_users")).write.mode("overwrite").saveAsTable("gold.kinds")
