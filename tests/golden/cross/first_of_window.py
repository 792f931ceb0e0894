from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
w = Window.partitionBy("customer_id").orderBy("order_ts")
out = spark.table("sales.orders").select("order_id", F.first("status").over(w).alias("s"))
out.write.mode("overwrite").saveAsTable("gold.out")
