from pyspark.sql import functions as F

totals = spark.table("silver.events").groupBy("user_id").agg(F.count("*").alias("events"), F.sum("seconds").alias("seconds"))
customers = spark.table("silver.customers")
customers.join(totals, customers.customer_id == totals.user_id, "left").select("customer_id", "events", "seconds").write.mode("overwrite").saveAsTable("gold.customer_events")
