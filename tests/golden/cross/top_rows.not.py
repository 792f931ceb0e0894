from pyspark.sql.functions import sum as _sum, col

(spark.table("sales.order_items")
    .groupBy("product_id").agg(_sum("quantity").alias("sold"))
    .orderBy(col("sold").asc(), "product_id")
    .limit(10)
    .write.mode("overwrite").saveAsTable("gold.top_products"))
