from pyspark.sql import functions as F
spark.table("sales.orders").rollup("country", "channel").agg(F.sum(F.col("amount")).alias("revenue")).write.mode("overwrite").saveAsTable("gold.rolled")
