from delta.tables import DeltaTable
new = spark.table("silver.orders").select("order_id", "status")
(DeltaTable.forName(spark, "gold.order_flags").alias("t")
    .merge(new.alias("s"), "t.order_id = s.order_id")
    .whenMatchedUpdateAll().whenNotMatchedInsertAll().execute())
