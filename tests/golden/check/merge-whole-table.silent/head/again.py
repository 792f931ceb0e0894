from delta.tables import DeltaTable

new = spark.table("silver.orders").select("order_id", "status", "event_date")
DeltaTable.forName(spark, "gold.order_state").alias("t").merge(new.alias("s"), "t.order_id = s.order_id AND t.event_date = s.event_date").whenMatchedUpdateAll().execute()
