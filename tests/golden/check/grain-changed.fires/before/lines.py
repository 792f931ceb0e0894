spark.table("silver.orders").groupBy("customer_id").count().write.mode("overwrite").saveAsTable("gold.orders_per")
