from pyspark.sql import functions as F

orders = spark.read.table("silver.orders")
refunds = spark.read.table("silver.refunds").withColumnRenamed("amount", "refunded")
orders.join(refunds, on=["order_id"], how="left").select("order_id", "amount", "refunded").write.mode("overwrite").saveAsTable("ds.net")
days = orders.select(F.col("event_date").alias("day")).distinct()
countries = spark.read.table("silver.customers").select("country").distinct()
countries.crossJoin(days).select("country", "day").write.mode("overwrite").saveAsTable("ds.grid")
