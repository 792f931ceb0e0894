from delta.tables import DeltaTable
from pyspark.sql import functions as F

lines = spark.table("silver.order_lines").groupBy("order_id").agg(F.sum("quantity").alias("quantity"))
DeltaTable.forName(spark, "gold.order_quantities").alias("t").merge(
    lines.alias("s"), "t.order_id = s.order_id"
).whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
