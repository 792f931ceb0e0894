l = spark.table("silver.order_lines").where("quantity > 0")
t = spark.table("silver.targets")
l.join(t, "product_id").select("order_id", "line_no", t["region"].alias("target_region"), "wanted").write.mode("overwrite").saveAsTable("gold.lines_and_targets")
