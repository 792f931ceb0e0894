from delta.tables import DeltaTable

new = spark.table("silver.orders").select("order_id", "status", "event_date")
DeltaTable.forName(spark, "gold.order_state").alias("t").merge(new.alias("n"), "t.event_date > '2026-01-01'").whenMatchedDelete().execute()
