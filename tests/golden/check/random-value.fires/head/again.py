from pyspark.sql import functions as F

spark.table("silver.customers").withColumn("surrogate", F.monotonically_increasing_id()).select("surrogate", "customer_id").write.mode("overwrite").saveAsTable("gold.customer_keys")
spark.table("silver.orders").select("order_id", F.expr("uuid()").alias("u")).write.mode("overwrite").saveAsTable("gold.order_uuid")
