from pyspark.sql import functions as F

lost = spark.table("silver.orders").filter(F.col("status") == "lost")
lost.groupBy("customer_id").agg(F.count("*").alias("orders"), F.sum("amount").alias("amount")).write.mode("overwrite").saveAsTable("ds.lost_orders")
