from pyspark.sql import functions as F
daily = spark.table("silver.events").groupBy("kind").agg(F.countDistinct("user_id").alias("users"))
daily.agg(F.sum("users").alias("users")).write.mode("overwrite").saveAsTable("gold.users_total")
