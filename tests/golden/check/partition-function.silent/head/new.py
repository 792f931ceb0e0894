from pyspark.sql import functions as F

recent = spark.table("silver.orders").where(F.col("event_date") >= "2026-07-01")
recent.groupBy(F.month("event_date").alias("month")).count().write.mode("overwrite").saveAsTable("ds.months")

# Spark puts the values of each partition into the function
spark.table("silver.orders").where(F.month("event_date") == 7).groupBy("customer_id").count().write.mode("overwrite").saveAsTable("ds.july")
