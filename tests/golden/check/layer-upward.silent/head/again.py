spark.table("silver.orders").select("order_id").write.mode("overwrite").saveAsTable("silver.ids")
