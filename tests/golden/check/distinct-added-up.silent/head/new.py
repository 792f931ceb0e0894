from pyspark.sql import functions as F
daily = spark.table("silver.events").groupBy("kind").agg(F.count("*").alias("events"))
daily.agg(F.sum("events").alias("events")).write.mode("overwrite").saveAsTable("gold.events_total")
