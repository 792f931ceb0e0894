from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
out = spark.table("sales.orders").groupingSets([["country", "currency"], ["country"]], "country", "currency").agg(F.count("*").alias("n"))
out.write.mode("overwrite").saveAsTable("gold.out")
