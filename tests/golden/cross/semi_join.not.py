from pyspark.sql import functions as F

bulk = spark.table("sales.order_items").where(F.col("quantity") > 10)
spark.table("sales.products").join(F.broadcast(bulk), ["product_id"], "inner").select("product_id", "name") \
    .write.mode("overwrite").saveAsTable("gold.bulk_products")
