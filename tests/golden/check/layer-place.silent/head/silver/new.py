spark.table("silver.orders").select("order_id").write.mode("overwrite").saveAsTable("silver.order_ids")
spark.table("silver.orders").select("region").distinct().write.mode("overwrite").saveAsTable("scratch.regions")
