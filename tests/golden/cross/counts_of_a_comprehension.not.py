from pyspark.sql import functions as F

kinds = ["click", "view", "buy"]
aggs = [F.sum(F.when(F.col("event_type") == k, 1).otherwise(0)).alias(f"{k}_count") for k in kinds]
(spark.table("web.events")
    .filter(F.col("event_date") > F.to_date(F.lit("2024-01-01")))
    .groupBy("user_id")
    .agg(*aggs)
    .write.saveAsTable("gold.user_kinds", mode="overwrite"))
