from pyspark.sql import functions as F

seen = spark.table("silver.events").groupBy(F.col("user_id").alias("customer_id")).agg(F.min("happened_at").alias("first_seen"), F.max("happened_at").alias("last_seen"))
spark.table("silver.customers").join(seen, "customer_id", "left").select("customer_id", "first_seen", "last_seen").write.mode("overwrite").saveAsTable("gold.first_last")
