t, s = spark.table("silver.targets").alias("t"), spark.table("silver.stock").alias("s")
t.join(s, on="product_id", how="left").select("product_id", "t.region", "t.wanted", "s.units").write.mode("overwrite").saveAsTable("gold.product_gap")
