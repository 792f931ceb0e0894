from pyspark.sql import functions as F

units = spark.table("silver.stock").groupBy("product_id").agg(F.sum("units").alias("units"))
spark.table("silver.targets").groupBy("product_id").agg(F.sum("wanted").alias("wanted")).join(units, "product_id").write.mode("overwrite").saveAsTable("gold.all_regions")
