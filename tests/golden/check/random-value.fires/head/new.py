from pyspark.sql import functions as F
spark.table("silver.orders").withColumn("row_id", F.monotonically_increasing_id()).select("row_id", "order_id").write.mode("overwrite").saveAsTable("gold.numbered_orders")
