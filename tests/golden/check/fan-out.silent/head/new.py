from pyspark.sql import functions as F

orders = spark.table("silver.orders")
lines = spark.table("silver.order_lines").groupBy("order_id").agg(F.sum("quantity").alias("units"))
regions = orders.join(lines, "order_id").groupBy("status").agg(F.sum("amount").alias("revenue"), F.sum("units").alias("units"))
regions.write.mode("overwrite").saveAsTable("gold.status_value")
