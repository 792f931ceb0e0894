from pyspark.sql import functions as F

spark.table("silver.orders").groupBy("region").agg(F.count("*").alias("row_count"), F.max("ordered_at").alias("last_ordered")).write.mode("overwrite").saveAsTable("gold.regions")
