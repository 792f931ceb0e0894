lines = spark.table("silver.order_lines")
orders = spark.table("silver.orders")
lines.join(orders, "order_id").select("order_id", "quantity", "region").write.mode("overwrite").saveAsTable("gold.line_regions")
