from delta.tables import DeltaTable
from pyspark.sql import Window, functions as F

w = Window.partitionBy("order_id").orderBy(F.desc("line_no"))
last = spark.table("silver.order_lines").withColumn("n", F.row_number().over(w)).where("n = 1").select("order_id", "product_id")
DeltaTable.forName(spark, "gold.last_lines").alias("t").merge(last.alias("s"), "t.order_id = s.order_id").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
