from pyspark.sql import functions as F

large = spark.table("silver.orders").where((F.col("status") == "paid") & (F.col("amount") > 10))
large.groupBy("customer_id").agg(F.sum("amount").alias("amount")).write.mode("overwrite").saveAsTable("ds.large_amounts")
