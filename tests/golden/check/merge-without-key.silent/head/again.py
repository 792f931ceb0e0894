from delta.tables import DeltaTable

new = spark.table("silver.orders").select("order_id", "status", "event_date")
keys = ["order_id", "event_date"]
condition = " AND ".join(f"t.{k} = n.{k}" for k in keys)
DeltaTable.forName(spark, "gold.order_state").alias("t").merge(new.alias("n"), condition).whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
