from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
names = {"DE": "Germany", "FR": "France"}
case = reduce(lambda acc, kv: acc.when(F.col("country") == kv[0], kv[1]), names.items(), F)
out = spark.table("sales.orders").select("order_id", case.alias("n"))
out.write.mode("overwrite").saveAsTable("gold.out")
