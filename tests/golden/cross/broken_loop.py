from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
d = spark.table("sales.orders")
for k, v in [("status", "a"), ("channel", "b"), ("stop", None), ("country", "c")]:
    if v is None:
        break
    d = d.where(F.col(k) == v)
out = d.select("order_id", "amount")
out.write.mode("overwrite").saveAsTable("gold.out")
