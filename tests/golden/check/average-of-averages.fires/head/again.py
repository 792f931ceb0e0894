from pyspark.sql import functions as F

rates = spark.table("silver.orders").groupBy("region").agg((F.sum(F.when(F.col("status") == "paid", 1).otherwise(0)) / F.count("*")).alias("paid_rate"))
rates.agg(F.avg("paid_rate").alias("paid_rate")).write.mode("overwrite").saveAsTable("gold.paid_rate")
spark.table("gold.kind_days").groupBy("kind").agg(F.sum("seconds_each").alias("x")).write.mode("overwrite").saveAsTable("gold.kind_sum")
