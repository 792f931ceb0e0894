from delta.tables import DeltaTable
new = spark.table("silver.orders").select("order_id", "status", "event_date")
(DeltaTable.forName(spark, "gold.order_state").alias("t")
    .merge(new.alias("s"), "t.order_id = s.order_id AND t.status <> 'done'")
    .whenMatchedUpdateAll().whenNotMatchedInsertAll().execute())
