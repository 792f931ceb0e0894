from functools import reduce
from pyspark.sql import DataFrame
from pyspark.sql.functions import col, lit

SOURCES = {"customer": ("sales.customers", "customer_id"), "order": ("sales.orders", "customer_id"), "product": ("sales.products", "product_id")}
frames = []
for source, (table, key) in SOURCES.items():
    frames.append(spark.table(table).select(col(key).alias("id"), lit(source).alias("source")))
everything = reduce(DataFrame.unionByName, frames)
everything.write.mode("overwrite").saveAsTable("ref.ids")
