both = spark.table("silver.orders").select("order_id").unionByName(spark.table("silver.order_lines").select("order_id")).distinct()
both.write.mode("overwrite").saveAsTable("gold.all_orders")
