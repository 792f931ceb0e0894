from pyspark.sql import Window, functions as F

w = Window.partitionBy("order_id").orderBy(F.lit(1))
spark.table("silver.order_lines").withColumn("rn", F.row_number().over(w)).where("rn = 1").select("order_id", "product_id").write.mode("overwrite").saveAsTable("gold.one_line")
