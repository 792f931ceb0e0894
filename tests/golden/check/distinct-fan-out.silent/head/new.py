orders = spark.table("silver.orders")
lines = spark.table("silver.order_lines")
orders.join(lines, orders.order_id == lines.order_id, "left_semi").select("order_id", "status").write.mode("overwrite").saveAsTable("gold.dear_orders")
