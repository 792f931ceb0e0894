targets = spark.table("silver.targets")
stock = spark.table("silver.stock")
wanted = targets.join(stock, targets.product_id == stock.product_id).select(targets.region, targets.wanted, stock.units)
wanted.write.mode("overwrite").saveAsTable("gold.wanted_stock")
