spark.table("silver.order_lines").dropDuplicates(["order_id"]).select("order_id", "product_id").write.mode("overwrite").saveAsTable("gold.dedup")
