targets = spark.table("silver.targets")
stock = spark.table("silver.stock")
targets.join(stock, ["product_id", "region"]).select("region", "wanted", "units").write.mode("overwrite").saveAsTable("gold.wanted_stock")
