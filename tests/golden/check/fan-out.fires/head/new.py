from pyspark.sql import functions as F

orders = spark.table("silver.orders")
lines = spark.table("silver.order_lines")
regions = orders.join(lines, orders.order_id == lines.order_id).groupBy(orders.status).agg(F.sum(orders.amount).alias("revenue"))
regions.write.mode("overwrite").saveAsTable("gold.status_value")
