from pyspark.sql import functions as F

KEYS = ["country", "channel"]
stats = spark.table("sales.orders").groupBy(*KEYS).agg(
    F.mean("amount").alias("avg_amount"),
    F.min("order_date").alias("first_day"),
    F.max("order_date").alias("last_day"),
)
stats.write.mode("overwrite").saveAsTable("gold.stats")
