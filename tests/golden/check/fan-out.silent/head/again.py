from pyspark.sql import functions as F

lines = spark.table("silver.order_lines")
orders = spark.table("silver.orders")
lines.join(orders, "order_id").groupBy("region").agg(F.sum("quantity").alias("units"), F.countDistinct("order_id").alias("orders")).write.mode("overwrite").saveAsTable("gold.region_units")
orders.join(lines, "order_id", "leftsemi").groupBy("region").agg(F.sum("amount").alias("amount")).write.mode("overwrite").saveAsTable("gold.region_nonempty")
