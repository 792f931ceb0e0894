orders = spark.table("silver.orders").where("event_date >= current_date() - 7")
orders.groupBy("event_date").max("amount").write.mode("overwrite").saveAsTable("gold.largest_of_days")
