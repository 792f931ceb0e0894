from pyspark.sql import functions as F

refunds = spark.table("silver.refunds")
refunds.groupBy("order_id").agg(F.sum("amount").alias("amount"), F.count("*").alias("refunds")).write.mode("overwrite").saveAsTable("ds.refunds_of_orders")
