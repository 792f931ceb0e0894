from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
fns = {"lo": F.min, "hi": F.max, "tot": F.sum}
out = spark.table("sales.orders").groupBy("country").agg(*[f("amount").alias(n) for n, f in fns.items()])
out.write.mode("overwrite").saveAsTable("gold.out")
