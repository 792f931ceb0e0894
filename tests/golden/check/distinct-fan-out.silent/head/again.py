orders = spark.table("silver.orders")
lines = spark.table("silver.order_lines")
orders.join(lines, "order_id", "left_semi").select("order_id").distinct().write.mode("overwrite").saveAsTable("gold.nonempty")
orders.join(lines, "order_id").select("region", "product_id").distinct().write.mode("overwrite").saveAsTable("gold.region_products")
