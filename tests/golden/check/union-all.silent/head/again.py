a = spark.table("silver.orders").select("customer_id")
b = spark.table("silver.customers").select("customer_id")
a.union(b).distinct().write.mode("overwrite").saveAsTable("gold.all_ids")
a.unionByName(b).write.mode("overwrite").saveAsTable("gold.all_ids_stacked")
