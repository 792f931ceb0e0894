from pyspark.sql import functions as F

c = spark.table("silver.customers")
o = spark.table("silver.orders").select("order_id", "customer_id")
c.join(o, on="customer_id", how="left").groupBy("segment").agg(F.sum("credit").alias("credit")).write.mode("overwrite").saveAsTable("gold.segment_credit")
spark.table("silver.orders").alias("o").join(spark.table("silver.order_lines").alias("l"), F.expr("o.order_id = l.order_id")).groupBy("o.region").agg(F.count("o.order_id").alias("orders"), F.sum("l.price").alias("price")).write.mode("overwrite").saveAsTable("gold.region_counts")
