spark.table("silver.orders").select("order_id", "region").orderBy("region").write.mode("overwrite").saveAsTable("gold.region_orders")
