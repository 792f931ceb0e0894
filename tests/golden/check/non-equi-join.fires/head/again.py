from pyspark.sql import functions as F

o = spark.table("silver.orders").alias("o")
l = spark.table("silver.order_lines").alias("l")
o.join(l, F.col("l.price") > F.col("o.amount"), "inner").select("o.order_id", "l.line_no").write.mode("overwrite").saveAsTable("gold.dearer_lines")
c = spark.table("silver.customers").alias("c")
o.join(c, (F.col("o.customer_id") == F.col("c.customer_id")) | (F.col("o.region") == F.col("c.country"))).select("o.order_id", "c.segment").write.saveAsTable("gold.either")
