orders = spark.table("silver.orders")
lines = spark.table("silver.order_lines")
dear = orders.join(lines, orders.order_id == lines.order_id).select(orders.order_id, orders.status).distinct()
dear.write.mode("overwrite").saveAsTable("gold.dear_orders")
