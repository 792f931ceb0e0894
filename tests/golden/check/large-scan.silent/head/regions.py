spark.table("silver.orders").where("event_date = current_date()").groupBy("customer_id").count().write.mode("overwrite").saveAsTable("ds.customers_now")
