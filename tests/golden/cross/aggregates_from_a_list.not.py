from pyspark.sql import functions as F

measures = ["quantity", "unit_price"]
aggs = [F.max(m).alias(f"total_{m}") for m in measures]
spark.table("sales.order_items").groupBy("product_id").agg(*aggs).write.mode("overwrite").saveAsTable("gold.totals")
