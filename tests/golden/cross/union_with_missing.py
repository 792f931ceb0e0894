from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
a = spark.table("sales.orders").select("order_id", "status")
b = spark.table("sales.returns").select("order_id", F.col("reason").alias("page"))
out = a.unionByName(b, allowMissingColumns=True)
out.write.mode("overwrite").saveAsTable("gold.out")
