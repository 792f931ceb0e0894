spark.table("silver.orders").groupBy("customer_id").count().write.mode("overwrite").saveAsTable("ds.customers_now")
