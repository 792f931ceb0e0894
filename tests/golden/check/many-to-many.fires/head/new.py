lines = spark.table("silver.order_lines")
stock = spark.table("silver.stock")
lines.join(stock, lines.product_id == stock.product_id).select(lines.order_id, lines.quantity, stock.region, stock.units).write.mode("overwrite").saveAsTable("gold.line_stock_units")
