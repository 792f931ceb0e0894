from pyspark.sql import functions as F

events = spark.table("silver.events")
events.groupBy("kind").agg(F.count("user_id").alias("hits"), F.countDistinct("user_id").alias("active_users")).write.mode("overwrite").saveAsTable("gold.hits")
