from pyspark.sql import functions as F

sold = spark.table("silver.order_lines").groupBy("product_id").agg(F.sum("quantity").alias("sold"))
sold.join(spark.table("silver.targets"), "product_id").select("product_id", "region", "sold", "wanted").write.mode("overwrite").saveAsTable("gold.sold_and_wanted")
