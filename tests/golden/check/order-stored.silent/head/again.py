from pyspark.sql import functions as F

top = spark.table("silver.orders").select("order_id", "amount").orderBy(F.desc("amount")).limit(50)
top.write.mode("overwrite").saveAsTable("gold.top50")
spark.table("silver.orders").select("order_id", "region").sortWithinPartitions("region").write.mode("overwrite").saveAsTable("gold.sorted_files")
