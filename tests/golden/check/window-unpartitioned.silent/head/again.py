from pyspark.sql import Window, functions as F

w = Window.partitionBy("region").orderBy(F.desc("amount"))
spark.table("silver.orders").select("order_id", F.row_number().over(w).alias("n")).where("n <= 3").write.mode("overwrite").saveAsTable("gold.top3")
