from delta.tables import DeltaTable

new = spark.table("silver.orders").where("event_date >= current_date() - 2").select("order_id", "status", "event_date")
(DeltaTable.forName(spark, "gold.order_state").alias("target").merge(new.alias("src"), "target.order_id = src.order_id").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute())
