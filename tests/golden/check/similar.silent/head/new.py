s = spark.table("silver.stock")
t = spark.table("silver.targets")
s.join(t, ["product_id", "region"]).where("units < wanted").groupBy("region").count().write.mode("overwrite").saveAsTable("gold.short_of_targets")
