from pyspark.sql import functions as F

spark.table("silver.orders").withColumn("split", F.rand(seed=42)).select("order_id", "split").write.mode("overwrite").saveAsTable("gold.split")
spark.table("silver.orders").withColumn("id", F.expr("uuid()")).select("id", "order_id").write.mode("append").saveAsTable("gold.log")
