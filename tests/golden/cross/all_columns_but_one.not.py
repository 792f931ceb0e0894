from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
d = spark.table("sales.customers")
out = d.select(*[c for c in d.columns if c != "signup_date"])
out.write.mode("overwrite").saveAsTable("gold.out")
