from delta.tables import DeltaTable

fresh = spark.table("silver.order_lines").join(spark.table("silver.orders"), "order_id").select("order_id", "region", "product_id")
target = DeltaTable.forName(spark, "gold.order_regions")
(target.alias("t").merge(fresh.alias("f"), "t.order_id = f.order_id").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute())
