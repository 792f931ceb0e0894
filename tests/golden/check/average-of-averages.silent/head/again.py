from pyspark.sql import functions as F

per_customer = spark.table("silver.orders").groupBy("customer_id").agg(F.sum("amount").alias("spent"), F.count("*").alias("orders"))
per_customer.agg(F.avg("spent").alias("mean_spent"), F.avg("orders").alias("mean_orders")).write.mode("overwrite").saveAsTable("gold.per_customer_means")
