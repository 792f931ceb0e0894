from pyspark.sql import functions as F, Window
from functools import reduce, partial
import operator
out = spark.table("sales.orders").unpivot("order_id", ["amount", "discount"], "kind", "value")
out.write.mode("overwrite").saveAsTable("gold.out")
