chosen = ["order_id", "amount", "event_date"]
spark.table("silver.orders").select(*chosen).where("amount > 20").write.mode("append").saveAsTable("ds.chosen")
spark.table("silver.orders").groupBy("status").count().write.mode("overwrite").saveAsTable("ds.by_status")
