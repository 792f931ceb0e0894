from delta.tables import DeltaTable

lines = spark.table("silver.order_lines").select("order_id", "line_no", "quantity")
DeltaTable.forName(spark, "gold.order_quantities").alias("t").merge(
    lines.alias("s"), "t.order_id = s.order_id"
).whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
