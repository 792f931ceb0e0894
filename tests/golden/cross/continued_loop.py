from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
d = spark.table("sales.orders")
limits = [None, 100]
for l in limits:
    if l is None:
        continue
    d = d.where(F.col("amount") > l)
out = d.select("order_id", "amount")
out.write.mode("overwrite").saveAsTable("gold.out")
