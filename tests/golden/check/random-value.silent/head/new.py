from pyspark.sql import functions as F
spark.table("silver.orders").withColumn("row_id", F.sha2(F.col("order_id").cast("string"), 256)).select("row_id", "order_id").write.mode("overwrite").saveAsTable("gold.numbered_orders")
