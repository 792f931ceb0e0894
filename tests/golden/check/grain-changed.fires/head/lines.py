spark.table("silver.orders").groupBy("customer_id", "status").count().write.mode("overwrite").saveAsTable("gold.orders_per")
